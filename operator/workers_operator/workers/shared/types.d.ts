/** Shapes that the shared modules hand to one another. */

export interface PageElement {
  tag: string;
  /** Place in document order; what it holds are the elements from `index + 1` to `last`. */
  index: number;
  last: number;
  parent: PageElement | null;
  /** Names in lower case, values as raw source text. */
  attributes: Record<string, string>;
  /** Texts of the document that lie inside: from `textStart` up to `textEnd`. */
  textStart: number;
  textEnd: number;
  /** What style sheets say of it, where a template has them applied (page/cascade.js). */
  styles?: Record<string, string>;
  /** Inside <noscript> or <template>: not part of what a visitor gets. */
  inert: boolean;
}

export interface Doctype {
  name: string | null;
  publicId: string | null;
}

/** An answer of the site. `problem`: why there is none. */
export interface Fetched {
  url: string;
  status: number;
  headers: Headers;
  response: Response;
  redirects: number;
}

export interface Asset {
  url: string;
  status: number;
  headers: Headers;
  /** After decompression; of larger ones the limit. */
  bytes: number;
  text: string;
}

export interface Page {
  url: string;
  status: number;
  headers: Headers;
  contentType: string;
  bytes: number;
  truncated: boolean;
  isHtml: boolean;
  document: import("./page/document.js").PageDocument;
  assets: Map<string, Asset>;
}

/** What a finding rests on: where on which page. `fixable`: false where the fix can't do anything about it there. */
export interface Evidence {
  page?: string;
  selector?: string;
  header?: string;
  detail?: string;
  fixable?: boolean;
}

export type Severity = "error" | "warning" | "info";

export interface Audit {
  id: string;
  category: string;
  severity: Severity;
  weight: number;
  message: string;
  fix: string;
  /** Name of the optimization that makes the fix. */
  fixedBy?: string;
  check?: (page: Page, context: AuditContext) => Iterable<Evidence>;
  checkSite?: (pages: Page[], context: AuditContext) => Iterable<Evidence>;
}

export interface AuditContext {
  site: URL;
  parameters: Record<string, any>;
}

export interface Finding {
  id: string;
  category: string;
  severity: Severity;
  weight: number;
  message: string;
  fix: string;
  fixable: boolean;
  count: number;
  evidence: Evidence[];
}

export interface Run {
  at: string;
  score: number;
  error: number;
  warning: number;
  info: number;
}

export interface Report {
  type: string;
  site: string;
  finalUrl: string;
  status: number;
  fetchedAt: string;
  score: number;
  summary: Record<Severity, number>;
  findings: Finding[];
  pages: { url: string; status: number; bytes: number }[];
  trend?: Run[];
  [fact: string]: unknown;
}

export interface Config {
  customerId?: string;
  environment?: string;
  type?: string;
  plan?: string;
  features: string[];
  parameters: Record<string, any>;
}

/** The http(s) URL that a parameter holds, or in words why there is none. */
export type NamedUrl = { url: URL; problem?: undefined } | { url?: undefined; problem: string };

/** The bindings of a worker that serves a customer's site; those of its features are there while these are on. */
export interface SiteEnv {
  CONFIG?: Partial<Config>;
  /** The secret that purges are asked for with. */
  PURGE_KEY?: string;
  PURGES?: KVNamespace;
  ANALYTICS?: AnalyticsEngineDataset;
  PAYWALL?: Fetcher;
}

/** What a copy's cache keeps beside the response. */
export interface Entry {
  /** When the origin was asked, in ms. */
  at: number;
  /** Seconds for which nobody has to ask again. */
  fresh: number;
  /** Seconds after that, while a new copy is fetched. */
  whileRevalidating: number;
  /** Seconds after `fresh`, where the origin fails. */
  ifError: number;
  /** The origin's own Cache-Control. */
  rule: string | null;
  tags: string[];
}

export interface Copy {
  response: Response;
  entry: Entry;
}

/** Seconds that copies are used for, by the parameters that say so. */
export interface Lives {
  pageTtl: number;
  assetTtl: number;
  staleWhileRevalidate: number;
  staleIfError: number;
}

/** As the customer wrote them: whatever is not of the right kind is as if it were not there. */
export interface FrontingParameters extends Partial<Record<keyof Lives, unknown>> {
  origin?: unknown;
  neverCache?: unknown;
  sessionCookies?: unknown;
  ignoredCookies?: unknown;
  originTimeout?: unknown;
}

/** A request to a site in front of its origin. */
export interface SiteVisit {
  request: Request;
  url: URL;
  parameters: FrontingParameters;
  defaults: Lives;
  env: SiteEnv;
  ctx: ExecutionContext;
  cacheName: string;
  /** Of the page that says that the origin is away. */
  title: string;
  /** What, beside its address, a page is chosen by. */
  variant?: string;
  /** Headers for the origin. */
  extra?: Record<string, string>;
}

/** The same, once it is known where the origin is. */
export interface Visit extends SiteVisit {
  origin: URL;
}

/** What of JSON Schema is looked at (schema.js). */
export interface Schema {
  type?: string | string[];
  enum?: unknown[];
  const?: unknown;
  anyOf?: AnySchema[];
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
  multipleOf?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
  minItems?: number;
  maxItems?: number;
  uniqueItems?: boolean;
  items?: AnySchema;
  required?: string[];
  properties?: Record<string, AnySchema>;
  additionalProperties?: AnySchema;
}

export type AnySchema = Schema | boolean;

export interface EliteEnv {
  CONFIG?: Partial<Config>;
  HISTORY?: KVNamespace;
}

export interface ElementHandlers {
  element?: (element: Element) => void;
  text?: (chunk: Text) => void;
}

/** One page on its way through `optimize`. */
export interface Rewriting {
  /** Where the page lies at the site. */
  url: URL;
  site: URL;
  /** Path below which the site's paths are served by this worker. */
  prefix: string;
  parameters: Record<string, any>;
  /** What goes to the visitor; fixes may change it before the first byte. */
  headers: Headers;
  on(selector: string, handlers: ElementHandlers): void;
  /** Has the source read, and changed, before HTMLRewriter sees it. */
  readAhead(reader: import("./rewrite/ahead.js").Reader): void;
  /** Adds what `html` returns at the end of the head, when all of the head is known. */
  atHeadEnd(html: () => string): void;
  atBodyEnd(html: () => string): void;
  /** Changes the text of every <style>. */
  css(change: (css: string) => string): void;
}

export type Fix = (page: Rewriting) => void;

/** Changes what is told of a file that isn't a page. `accepts`: the encodings that the visitor takes. */
export type FileFix = (headers: Headers, url: URL, accepts: string) => void;

export interface EliteTemplate {
  type: string;
  title: string;
  audits: Audit[];
  fixes: Record<string, Fix>;
  fileFixes?: Record<string, FileFix>;
  /** Those of the fixes that are on where `parameters.optimizations` is absent. */
  defaults: string[];
  /** Addresses that the audits want to know more of than the page says. */
  assets(page: Page): string[];
  /** Done with every page before the audits. */
  prepare?(page: Page): void;
  /** More fields of the report, from the first page. */
  facts?(page: Page): Record<string, unknown>;
}
