/** Elite worker "develop": how the page is built and delivered: what blocks it, how heavy it is, what protects it. */
import { eliteWorker } from "code24/elite/worker.js";
import template from "./template.js";

export default eliteWorker(template);
