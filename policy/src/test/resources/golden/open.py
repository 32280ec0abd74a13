"""Opens what Seine wrote with Transformers and PEFT, and compares it with the golden files.

    ./mvnw -pl policy test -Dtest='GoldenTest,ModelFolderTest' -Dseine.saved=/tmp/saved
    venv/bin/python policy/src/test/resources/golden/open.py /tmp/saved
"""

import json
import pathlib
import sys

import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM, AutoTokenizer

HERE = pathlib.Path(__file__).parent
MODELS = ["qwen2-tied-f32", "qwen2-yarn-bf16-shards", "llama3-f32", "llama-linear-f16"]


def compare(name: str, model, golden: pathlib.Path) -> None:
    expected = json.loads((golden / "expected.json").read_text())
    logits = load_file(golden / "expected.safetensors")["logits"]
    ids = torch.tensor([expected["ids"]])
    with torch.no_grad():
        difference = (model(ids).logits[0] - logits).abs().max().item()
        greedy = model.generate(ids, max_new_tokens=24, do_sample=False, eos_token_id=None, pad_token_id=0)
    same = greedy[0, ids.shape[1] :].tolist() == expected["greedy"]
    print(f"{name}: largest logit difference {difference:.1e}, greedy text {'equal' if same else 'DIFFERENT'}")
    assert difference < 1e-4 and same


def main(saved: pathlib.Path) -> None:
    for name in MODELS:
        model, info = AutoModelForCausalLM.from_pretrained(
            saved / name, dtype=torch.float32, output_loading_info=True
        )
        assert not any(info[k] for k in ("missing_keys", "unexpected_keys", "mismatched_keys")), info
        compare(name, model.eval(), HERE / name)
        tokenizer = AutoTokenizer.from_pretrained(saved / name)
        for line in json.loads((HERE / name / "expected.json").read_text())["lines"]:
            assert tokenizer(line["text"], add_special_tokens=False).input_ids == line["ids"]
    base = AutoModelForCausalLM.from_pretrained(HERE / "qwen2-tied-f32", dtype=torch.float32)
    compare("lora", PeftModel.from_pretrained(base, saved / "lora").eval(), HERE / "lora")
    tokenizer = AutoTokenizer.from_pretrained(saved / "extended")
    extended = AutoModelForCausalLM.from_pretrained(saved / "extended", dtype=torch.float32)
    ids = tokenizer("a</external>b", add_special_tokens=False).input_ids
    assert len(ids) == 3 and ids[1] == 321, ids
    assert extended(torch.tensor([ids])).logits.isfinite().all()
    print(f"extended: </external> is token {ids[1]}")


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]))
