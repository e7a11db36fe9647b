/** Requests to the API, with the token of the session, and errors in the words of the API. */
import { signOut, token } from "./session";

interface ErrorItem {
  code: string;
  message: string;
  field: string | null;
}

export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly items: ErrorItem[],
    /** After how many seconds the gateway wants to be asked again. */
    readonly retryAfter = 0,
  ) {
    super(items.map((item) => item.message).join("; ") || `the gateway answered ${status}`);
  }

  get code(): string {
    return this.items[0]?.code ?? "";
  }
}

export interface Options {
  method?: "GET" | "POST" | "PATCH" | "DELETE";
  body?: unknown;
  accept?: string;
  signal?: AbortSignal;
  /** Instead of the session's: of a caller who signs in. */
  token?: string;
}

/** Send a request; throw ApiError unless it was carried out. */
export async function send(path: string, options: Options = {}): Promise<Response> {
  const bearer = options.token ?? token.value;
  const headers: Record<string, string> = { Accept: options.accept ?? "application/json" };
  if (bearer) headers.Authorization = `Bearer ${bearer}`;
  if (options.body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(path, {
    method: options.method ?? "GET",
    headers,
    body: options.body === undefined ? null : JSON.stringify(options.body),
    signal: options.signal ?? null,
    credentials: "omit",
    cache: "no-store",
    referrerPolicy: "no-referrer",
  }).catch((error: unknown) => {
    if (options.signal?.aborted) throw error;
    throw unreachable("the gateway cannot be reached");
  });
  if (response.ok) return response;
  const error = await errorOf(response);
  if (response.status === 401 && options.token === undefined && token.value === bearer) signOut(error.message);
  throw error;
}

async function errorOf(response: Response): Promise<ApiError> {
  const retryAfter = Number(response.headers.get("Retry-After")) || 0;
  try {
    const body: { errors?: ErrorItem[] } = await response.json();
    return new ApiError(response.status, body.errors ?? [], retryAfter);
  } catch {
    return new ApiError(response.status, [], retryAfter);
  }
}

export function unreachable(message: string): ApiError {
  return new ApiError(0, [{ code: "Unreachable", message, field: null }]);
}

export async function read<T>(path: string, signal?: AbortSignal): Promise<T> {
  const response = await send(path, signal ? { signal } : {});
  return response.json() as Promise<T>;
}

/** The words for whatever was thrown. */
export function words(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** The path of something about a worker. */
export function workerPath(worker: { script_name: string; namespace: string; platform: string }, rest = ""): string {
  return `/api/workers/${encodeURIComponent(worker.script_name)}${rest}?${where(worker)}`;
}

export function where(worker: { namespace: string; platform: string }): string {
  return new URLSearchParams({ namespace: worker.namespace, platform: worker.platform }).toString();
}
