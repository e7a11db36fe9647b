/** Elite worker "design": audits accessibility, the mobile view and layout shifts. */
import { eliteWorker } from "code24/elite/worker.js";
import template from "./template.js";

export default eliteWorker(template);
