/** Elite worker "brand": audits the brand's presentation in search engines, shared links and browser tabs. */
import { eliteWorker } from "code24/elite/worker.js";
import template from "./template.js";

export default eliteWorker(template);
