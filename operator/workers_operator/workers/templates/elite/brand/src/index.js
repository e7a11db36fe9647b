/** Elite worker "brand": how the brand presents itself to search engines, on shared links, and in every tab. */
import { eliteWorker } from "code24/elite/worker.js";
import template from "./template.js";

export default eliteWorker(template);
