/** The way in: a token, which is tried before it is kept. */
import { useSignal } from "@preact/signals";
import type { TargetedSubmitEvent } from "preact";
import { send, words } from "./api/client";
import { farewell, signIn } from "./api/session";

export function Login() {
  const problem = useSignal("");
  const isBusy = useSignal(false);
  const onSubmit = async (event: TargetedSubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const given = String(new FormData(event.currentTarget).get("token") ?? "").trim();
    isBusy.value = true;
    problem.value = "";
    try {
      await send("/api/status", { token: given });
      signIn(given);
    } catch (error) {
      problem.value = words(error);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <main class="login">
      <form onSubmit={onSubmit} autocomplete="off">
        <h1>Code24 Workers</h1>
        {farewell.value && <p class="notice warn">You were signed out: {farewell.value}</p>}
        <label for="token">Token of your Kubernetes account</label>
        <input
          id="token"
          name="token"
          type="password"
          required
          spellcheck={false}
          autocomplete="off"
          aria-describedby="token-help"
        />
        <p role="alert" class={problem.value ? "notice bad" : "hidden"}>
          {problem.value}
        </p>
        <button type="submit" class="primary" disabled={isBusy.value}>
          Sign in
        </button>
        <p id="token-help" class="help">
          <code>kubectl create token NAME --audience code24-workers</code> This tab keeps it until you close it or sign
          out. You see, and may do, what your account may.
        </p>
      </form>
    </main>
  );
}
