/** Elite worker "design": whether everybody can use the page, on every screen, without things that jump. */
import { eliteWorker } from "code24/elite/worker.js";
import template from "./template.js";

export default eliteWorker(template);
