import { Field, Input } from '@fluentui/react-components';
import type { ChangeEvent, Ref } from 'react';
import styles from './KeyBox.module.css';
import { regroup } from './key-text.ts';

type Props = {
  readonly label: string;
  readonly value: string;
  readonly error: string | null;
  readonly hint: string | null;
  readonly onChange: (text: string) => void;
  readonly onBlur: () => void;
  readonly inputRef: Ref<HTMLInputElement>;
};

/** A box that groups a recovery key while it is typed or pasted. Nothing here is offered to a password manager. */
export function KeyBox({ label, value, error, hint, onChange, onBlur, inputRef }: Props) {
  return (
    <Field
      className={styles.field ?? ''}
      label={{ children: label, className: styles.label ?? '' }}
      validationState={error === null ? 'none' : 'error'}
      validationMessage={error === null ? null : { children: error, role: 'alert' }}
      hint={error === null ? hint : null}
      size="large"
    >
      <Input
        className={styles.box ?? ''}
        size="large"
        input={{ ref: inputRef, className: styles.text ?? '' }}
        value={value}
        onChange={(event) => onChange(regroupInPlace(event, value))}
        onCompositionEnd={(event) => onChange(regroup(event.currentTarget.value, 0).text)}
        onBlur={onBlur}
        autoComplete="off"
        autoCapitalize="characters"
        autoCorrect="off"
        spellCheck={false}
        data-1p-ignore
        data-lpignore="true"
        data-bwignore
        data-form-type="other"
      />
    </Field>
  );
}

/** Groups what stands in the box and puts the caret where it belongs. Returns the text that stands there then. */
function regroupInPlace(
  { currentTarget: box, nativeEvent }: ChangeEvent<HTMLInputElement>,
  before: string,
): string {
  const input = nativeEvent instanceof InputEvent ? nativeEvent : null;
  if (input?.isComposing === true) return box.value;
  const grouped = regroup(box.value, box.selectionStart ?? box.value.length);
  // Delete in front of a hyphen takes the hyphen only, which comes back: step over it instead of standing still.
  const stuck =
    input?.inputType === 'deleteContentForward' && grouped.text === before && before[grouped.caret] === '-';
  const caret = grouped.caret + (stuck ? 1 : 0);
  // Set here and not after rendering: when the text has not changed there is no rendering.
  box.value = grouped.text;
  box.setSelectionRange(caret, caret);
  return grouped.text;
}
