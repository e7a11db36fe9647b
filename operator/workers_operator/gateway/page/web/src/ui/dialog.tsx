/** A question before something is done; a failure is told in it, and it stays open. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { ApiError, words } from "../api/client";

export interface DialogProps {
  title: string;
  /** What the button says that does it. */
  verb: string;
  isDangerous?: boolean;
  /** Whether something has to be filled in first. */
  isIncomplete?: boolean;
  /** Whether a field may be taken over from another manager, such as a GitOps tool. */
  mayForce: boolean;
  children: ComponentChildren;
  onConfirm: (force: boolean) => Promise<void>;
  onClose: () => void;
}

export function Dialog(props: DialogProps) {
  const { title, verb, isDangerous, isIncomplete, mayForce, children, onConfirm, onClose } = props;
  const element = useRef<HTMLDialogElement>(null);
  const problem = useSignal("");
  const isBusy = useSignal(false);
  const isOwned = useSignal(false);
  useEffect(() => element.current?.showModal(), []);
  const confirm = async (form: HTMLFormElement) => {
    isBusy.value = true;
    problem.value = "";
    try {
      await onConfirm(new FormData(form).has("force"));
      element.current?.close();
    } catch (error) {
      isOwned.value = error instanceof ApiError && error.code === "FieldOwned";
      problem.value = words(error);
    } finally {
      isBusy.value = false;
    }
  };
  return (
    <dialog ref={element} onClose={onClose} aria-labelledby="dialog-title">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void confirm(event.currentTarget);
        }}
      >
        <h2 id="dialog-title">{title}</h2>
        {children}
        <p role="alert" class={problem.value ? "notice bad" : "hidden"}>
          {problem.value}
        </p>
        {isOwned.value && mayForce && (
          <label class="check">
            <input type="checkbox" name="force" /> Take it over: its manager may set it back
          </label>
        )}
        <div class="buttons">
          <button type="button" class="plain" onClick={() => element.current?.close()}>
            Cancel
          </button>
          <button
            type="submit"
            class={isDangerous ? "primary danger" : "primary"}
            disabled={isBusy.value || (isIncomplete ?? false)}
          >
            {verb}
          </button>
        </div>
      </form>
    </dialog>
  );
}
