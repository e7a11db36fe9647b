/** All audits and fixes of the three elite workers in one, so that a page needs to be looked at only twice. */
import { eliteWorker } from "code24/elite/worker.js";
import brand from "../../../../operator/workers_operator/workers/templates/elite/brand/src/template.js";
import design from "../../../../operator/workers_operator/workers/templates/elite/design/src/template.js";
import develop from "../../../../operator/workers_operator/workers/templates/elite/develop/src/template.js";

const all = [brand, design, develop];
const audits = new Map(all.flatMap((template) => template.audits.map((audit) => [audit.id, audit])));

export default eliteWorker({
  type: "everything",
  title: "Everything",
  audits: [...audits.values()],
  fixes: Object.assign({}, ...all.map((template) => template.fixes)),
  fileFixes: Object.assign({}, ...all.map((template) => template.fileFixes ?? {})),
  defaults: [...new Set(all.flatMap((template) => template.defaults))],
  prepare: (page) => {
    for (const template of all) template.prepare?.(page);
  },
  assets: (page) => [...new Set(all.flatMap((template) => template.assets(page)))],
});
