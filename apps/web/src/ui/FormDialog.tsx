import { Button } from '@fluentui/react-components';
import type { ReactNode } from 'react';
import { ButtonRow } from './ButtonRow.tsx';
import { Dialog } from './Dialog.tsx';
import styles from './FormDialog.module.css';

type Props = {
  readonly title: string;
  readonly submitLabel: string;
  readonly cancelLabel: string;
  readonly busy: boolean;
  /** Cancel comes first, and submitting looks like what it does. */
  readonly danger?: boolean;
  readonly onSubmit: () => void;
  readonly onClose: () => void;
  readonly children: ReactNode;
};

/** A question with an answer to type. */
export function FormDialog(props: Props) {
  const { danger = false } = props;
  const cancel = (
    <Button key="cancel" size="large" onClick={props.onClose}>
      {props.cancelLabel}
    </Button>
  );
  const submit = (
    <Button
      key="submit"
      type="submit"
      size="large"
      {...(danger ? { className: styles.danger ?? '' } : { appearance: 'primary' as const })}
      disabledFocusable={props.busy}
    >
      {props.submitLabel}
    </Button>
  );
  return (
    <Dialog title={props.title} onClose={props.onClose}>
      <form
        className="stack"
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          props.onSubmit();
        }}
      >
        {props.children}
        <ButtonRow>{danger ? [cancel, submit] : [submit, cancel]}</ButtonRow>
      </form>
    </Dialog>
  );
}
