import { byId, call, element, errorOf, row, time } from "./service.js";

function viewer(run) {
  return run.viewer ? element("a", "open the viewer", { href: run.viewer, rel: "noreferrer" }) : element("code", run.command);
}

try {
  const response = await call("v1/runs");
  if (!response.ok) throw new Error(await errorOf(response));
  const { data } = await response.json();
  byId("runs").replaceChildren(...data.map((run) => row([
    run.current ? `${run.name} (answers here)` : run.name, run.recipe, run.policy,
    run.version < 0 ? "none" : `v${run.version}`, time(run.begunAtMs), viewer(run)])));
  if (data.length === 0) byId("problem").textContent = "There is no run beside the one that is served.";
} catch (error) {
  byId("problem").textContent = error.message;
}
