/** Elite worker "develop": audits the speed, size, delivery and security of pages. */
import { eliteWorker } from "code24/elite/worker.js";
import template from "./template.js";

export default eliteWorker(template);
