/** Types that the shared modules exchange. */

export interface PageElement {
  tag: string;
  /** Position in document order. The descendants are the elements from `index + 1` to `last`. */
  index: number;
  last: number;
  parent: PageElement | null;
  /** Names in lower case, values as raw source text. */
  attributes: Record<string, string>;
  /** The texts inside the element: those of the document from `textStart` up to `textEnd`. */
  textStart: number;
  textEnd: number;
  /** Declarations from style sheets, if the template applies them (page/cascade.js). */
  styles?: Record<string, string>;
  /** Inside <noscript> or <template>, and therefore not displayed. */
  inert: boolean;
}

export interface Doctype {
  name: string | null;
  publicId: string | null;
}

/** A response of the site. */
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
  /** Size after decompression, capped at the limit. */
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

/** Where a problem occurs. `fixable` is false if the automatic fix does not apply there. */
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
  /** Name of the optimization that fixes the problem. */
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

/** The http(s) URL in a parameter, or a description of why it is invalid. */
export type NamedUrl = { url: URL; problem?: undefined } | { url?: undefined; problem: string };

/** The bindings of a worker in front of a customer's site. Bindings of a feature exist only if the feature is enabled. */
export interface SiteEnv {
  CONFIG?: Partial<Config>;
  /** The secret that authorizes purges. */
  PURGE_KEY?: string;
  PURGES?: KVNamespace;
  ANALYTICS?: AnalyticsEngineDataset;
  PAYWALL?: Fetcher;
}

/** What is stored with a cached response. */
export interface Entry {
  /** Time of the request to the origin, in ms since the epoch. */
  at: number;
  /** Freshness lifetime in seconds. */
  fresh: number;
  /** Seconds after expiry for which the response is served while a new one is fetched. */
  whileRevalidating: number;
  /** Seconds after expiry for which the response is served if the origin fails. */
  ifError: number;
  /** The origin's Cache-Control. */
  rule: string | null;
  tags: string[];
}

export interface Copy {
  response: Response;
  entry: Entry;
}

/** Cache lifetimes in seconds, by parameter name. */
export interface Lives {
  pageTtl: number;
  assetTtl: number;
  staleWhileRevalidate: number;
  staleIfError: number;
}

/** Parameters as the customer wrote them. Values of the wrong type are ignored. */
export interface FrontingParameters extends Partial<Record<keyof Lives, unknown>> {
  origin?: unknown;
  neverCache?: unknown;
  sessionCookies?: unknown;
  ignoredCookies?: unknown;
  originTimeout?: unknown;
}

/** A request to a site, before its origin is known. */
export interface SiteVisit {
  request: Request;
  url: URL;
  parameters: FrontingParameters;
  defaults: Lives;
  env: SiteEnv;
  ctx: ExecutionContext;
  cacheName: string;
  /** Title of the error page for an unavailable origin. */
  title: string;
  /** What selects a page in addition to its URL. */
  variant?: string;
  /** Headers to add to requests to the origin. */
  extra?: Record<string, string>;
}

/** A visit with a known origin. */
export interface Visit extends SiteVisit {
  origin: URL;
}

/** The supported part of JSON Schema (schema.js). */
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

/** A page that `optimize` rewrites. */
export interface Rewriting {
  /** The page's URL at the site. */
  url: URL;
  site: URL;
  /** Path prefix under which this worker serves the site's paths. */
  prefix: string;
  parameters: Record<string, any>;
  /** Headers of the response; fixes can change them before the first byte is sent. */
  headers: Headers;
  on(selector: string, handlers: ElementHandlers): void;
  /** Register a reader that can change the source before HTMLRewriter processes it. */
  readAhead(reader: import("./rewrite/ahead.js").Reader): void;
  /** Append the result of `html` to the head, after the whole head has been read. */
  atHeadEnd(html: () => string): void;
  atBodyEnd(html: () => string): void;
  /** Transform the text of every <style>. */
  css(change: (css: string) => string): void;
}

export type Fix = (page: Rewriting) => void;

/** Change the headers of a file that is not a page. `accepts` is the visitor's Accept-Encoding. */
export type FileFix = (headers: Headers, url: URL, accepts: string) => void;

export interface EliteTemplate {
  type: string;
  title: string;
  audits: Audit[];
  fixes: Record<string, Fix>;
  fileFixes?: Record<string, FileFix>;
  /** The fixes that are enabled if `parameters.optimizations` is absent. */
  defaults: string[];
  /** URLs of files that the audits need. */
  assets(page: Page): string[];
  /** Runs on every page before the audits. */
  prepare?(page: Page): void;
  /** Additional fields of the report, from the first page. */
  facts?(page: Page): Record<string, unknown>;
}
