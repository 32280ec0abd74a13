"""Makes the golden files beside it with the reference implementations: Transformers, Tokenizers and PEFT.

    python -m venv venv && venv/bin/pip install torch==2.7.1 transformers==4.57.1 peft==0.21.2 numpy
    venv/bin/python make.py --text FOLDER      # FOLDER: the published data, with corpus/ and r1-searcher/ in it

Models have random weights, large enough that their predictions are far from uniform. Seeds are fixed: the same
versions make the same files.
"""

import argparse
import hashlib
import json
import pathlib
import struct

import torch
from peft import LoraConfig, get_peft_model
from safetensors.torch import save_file
from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers
from transformers import AutoModelForCausalLM, LlamaConfig, PreTrainedTokenizerFast, Qwen2Config

HERE = pathlib.Path(__file__).parent
LINES = [
    "",
    " ",
    "Where was Ada Lovelace born, and when? London, 10 December 1815.",
    "It's 3.14159 - or 22/7; don't they've I'LL say   so\t\n\n  twice\r\n",
    "São Paulo, Köln, Ærø, Ўзбекистон, 東京都, 대한민국, العربية, हिन्दी, 🇫🇷👩‍👩‍👧",
    "cafe\u0301 becomes café only where text is normalised",
    "<|im_start|>user\nhi<|im_end|>\n<|endoftext|><|eot_id|> <|im_start|>",
    "a<|begin_of_text|>b <|start_header_id|>user<|end_header_id|>\n\nc",
    "if (x < 10 && y >= 2) { return \\boxed{42}; }  // </external> <document>",
    "1234567890 12,345.67 ０１２ ½ Ⅷ",
]
QWEN_SPLIT = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)
LLAMA_SPLIT = QWEN_SPLIT.replace(r"|\p{N}|", r"|\p{N}{1,3}|")
QWEN_CHAT = """{%- if messages[0]['role'] == 'system' -%}
{{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' -}}
{%- else -%}
{{- '<|im_start|>system\\nYou are a careful assistant.<|im_end|>\\n' -}}
{%- endif -%}
{%- for message in messages -%}
{%- if (message.role == 'user') or (message.role == 'system' and not loop.first) or (message.role == 'assistant') -%}
{{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' -}}
{%- else -%}
{%- if message.role != 'system' -%}{{- raise_exception('unknown role ' + message.role) -}}{%- endif -%}
{%- endif -%}
{%- endfor -%}
{%- if add_generation_prompt -%}
{{- '<|im_start|>assistant\\n' -}}
{%- endif -%}"""
LLAMA_CHAT = """{{- bos_token }}
{%- if custom_tools is defined %}
    {%- set tools = custom_tools %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""
CHATS = [
    [{"role": "user", "content": " Who wrote {question} ? "}],
    [{"role": "system", "content": "Search, then answer."}, {"role": "user", "content": "Hi\n"}],
    [
        {"role": "user", "content": "One"},
        {"role": "assistant", "content": "Two"},
        {"role": "user", "content": "Three"},
    ],
]
FAMILIES = {
    "qwen": (QWEN_SPLIT, ["<|endoftext|>", "<|im_start|>", "<|im_end|>"], QWEN_CHAT),
    "llama": (
        LLAMA_SPLIT,
        ["<|begin_of_text|>", "<|end_of_text|>", "<|start_header_id|>", "<|end_header_id|>", "<|eot_id|>"],
        LLAMA_CHAT,
    ),
}


def real_lines(text: pathlib.Path) -> list[str]:
    """10,000 lines of published data as they stand in their files, every fiftieth between special tokens."""
    names = ["corpus/2wiki_6119", "corpus/kilt_slice"]
    names += ["r1-searcher/eval/" + set_ for set_ in ("hotpotqa_500", "musique_500", "2wiki_500")]
    lines = [line for n in names for line in (text / f"{n}.jsonl").read_text(encoding="utf-8").split("\n") if line]
    wrap = "<|im_start|>user\n%s<|im_end|>\n<|endoftext|>"
    return [wrap % line if i % 50 == 0 else line for i, line in enumerate(lines[:10_000])]


def tokenizer(family: str, size: int, lines: list[str]) -> Tokenizer:
    split, specials, _ = FAMILIES[family]
    made = Tokenizer(models.BPE(ignore_merges=family == "llama"))
    if family == "qwen":
        made.normalizer = normalizers.NFC()
    made.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(split), behavior="isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=size - len(specials),
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    made.train_from_iterator((json.loads(line)["text"] for line in lines if line.startswith('{"title"')), trainer)
    made.add_special_tokens(specials)
    if family == "llama":
        made.post_processor = processors.TemplateProcessing(
            single="<|begin_of_text|> $A", special_tokens=[("<|begin_of_text|>", made.token_to_id("<|begin_of_text|>"))]
        )
    return made


def wrapped(family: str, tok: Tokenizer) -> PreTrainedTokenizerFast:
    chat = FAMILIES[family][2]
    if family == "qwen":
        names = dict(eos_token="<|im_end|>", pad_token="<|endoftext|>")
    else:
        names = dict(bos_token="<|begin_of_text|>", eos_token="<|eot_id|>")
    return PreTrainedTokenizerFast(
        tokenizer_object=tok, chat_template=chat, clean_up_tokenization_spaces=False, **names
    )


def sharpen(model: torch.nn.Module, seed: int) -> None:
    """Norms and biases too are drawn anew: a norm of ones or a bias of zeros would hide mistakes."""
    generator = torch.Generator().manual_seed(seed)
    for name, p in model.named_parameters():
        with torch.no_grad():
            if "norm" in name:
                p.uniform_(0.5, 1.5, generator=generator)
            else:
                p.normal_(0, 0.3, generator=generator)


def reference(model, tok: PreTrainedTokenizerFast) -> dict:
    ids = tok("Where was Ada Lovelace born, and when?", add_special_tokens=False).input_ids[:24]
    with torch.no_grad():
        logits = model(torch.tensor([ids])).logits[0]
        greedy = model.generate(
            torch.tensor([ids]), max_new_tokens=24, do_sample=False, eos_token_id=None, pad_token_id=0
        )[0, len(ids) :].tolist()
    return {"ids": ids, "greedy": greedy, "logits": logits}


def write_expected(folder: pathlib.Path, found: dict, more: dict | None = None) -> None:
    save_file({"logits": found.pop("logits").contiguous()} | (more or {}), folder / "expected.safetensors")
    (folder / "expected.json").write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def make(name: str, family: str, config, tok: Tokenizer, seed: int, dtype, shard: str) -> None:
    folder = HERE / name
    wrap = wrapped(family, tok)
    torch.manual_seed(seed)
    model = AutoModelForCausalLM.from_config(config)
    sharpen(model, seed)
    model.generation_config.eos_token_id = [wrap.eos_token_id, len(tok.get_vocab()) - 1]
    model.generation_config.pad_token_id = wrap.pad_token_id
    model.to(dtype).save_pretrained(folder, max_shard_size=shard)
    wrap.save_pretrained(folder, save_jinja_files=False)
    again = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32).eval()
    found = reference(again, wrap)
    found["lines"] = [{"text": t, "ids": wrap(t, add_special_tokens=False).input_ids} for t in LINES]
    found["chats"] = [
        {"messages": c, "text": wrap.apply_chat_template(c, tokenize=False, add_generation_prompt=True)} for c in CHATS
    ]
    write_expected(folder, found)


def lora(base: str, family: str, tok: Tokenizer) -> None:
    """An adapter on all projections: its logits, the merged weight of one of them, and the gradient of a mean NLL."""
    folder = HERE / "lora"
    model = AutoModelForCausalLM.from_pretrained(HERE / base, dtype=torch.float32)
    targets = ["q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"]
    torch.manual_seed(5)
    tuned = get_peft_model(
        model, LoraConfig(r=3, lora_alpha=6, target_modules=targets, lora_dropout=0.0, task_type="CAUSAL_LM")
    )
    generator = torch.Generator().manual_seed(7)
    for name, p in tuned.named_parameters():
        if "lora_" in name:
            with torch.no_grad():
                p.normal_(0, 0.2, generator=generator)
    tuned.save_pretrained(folder)
    found = reference(tuned.eval(), wrapped(family, tok))
    ids = torch.tensor([found["ids"]])
    loss = tuned(ids, labels=ids).loss
    loss.backward()
    found["nll"] = loss.item()
    more = {"grad." + n.replace(".default", ""): p.grad for n, p in tuned.named_parameters() if p.grad is not None}
    merged = tuned.merge_and_unload()
    more["merged"] = merged.model.layers[1].mlp.down_proj.weight.detach().clone()
    write_expected(folder, found, more)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--text", type=pathlib.Path, required=True)
    lines = real_lines(parser.parse_args().text)
    small = {family: tokenizer(family, 320, lines) for family in FAMILIES}
    sizes = dict(
        vocab_size=328, hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=4,
        num_key_value_heads=2,
    )
    yarn = {"rope_type": "yarn", "factor": 4.0, "original_max_position_embeddings": 64}
    llama3 = {
        "rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
        "original_max_position_embeddings": 32,
    }
    qwen = dict(family="qwen", tok=small["qwen"])
    llama = dict(family="llama", tok=small["llama"])
    tied = Qwen2Config(**sizes, max_position_embeddings=128, tie_word_embeddings=True, rope_theta=1e6)
    free = Qwen2Config(
        **sizes, max_position_embeddings=256, tie_word_embeddings=False, rms_norm_eps=1e-5, rope_scaling=yarn
    )
    three = LlamaConfig(
        **sizes, max_position_embeddings=256, rope_theta=5e5, rope_scaling=llama3, head_dim=16, rms_norm_eps=1e-5
    )
    linear = LlamaConfig(
        **sizes, max_position_embeddings=256, rope_scaling={"rope_type": "linear", "factor": 2.0},
        tie_word_embeddings=True,
    )
    make("qwen2-tied-f32", config=tied, seed=1, dtype=torch.float32, shard="1GB", **qwen)
    make("qwen2-yarn-bf16-shards", config=free, seed=2, dtype=torch.bfloat16, shard="40KB", **qwen)
    make("llama3-f32", config=three, seed=3, dtype=torch.float32, shard="1GB", **llama)
    make("llama-linear-f16", config=linear, seed=4, dtype=torch.float16, shard="1GB", **llama)
    lora("qwen2-tied-f32", "qwen", small["qwen"])
    large = tokenizer("qwen", 4_000, lines)
    large.save(str(HERE / "tokenizer-4k.json"), pretty=False)
    digests = []
    for start in range(0, len(lines), 100):
        digest = hashlib.sha256()
        for line in lines[start : start + 100]:
            ids = large.encode(line, add_special_tokens=False).ids
            digest.update(struct.pack(f"<{len(ids)}i", *ids))
        digests.append(digest.hexdigest())
    (HERE / "tokenizer-4k.sha256").write_text("\n".join(digests) + "\n")


if __name__ == "__main__":
    main()
