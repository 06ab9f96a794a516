import { escapeHtml, plainDocument } from '../../platform/http/plain-page.ts';

/** The sign-in form. Works without script; `wrong` says so after a wrong password, and nothing typed is repeated. */
export function loginForm(action: string, wrong: boolean): string {
  const told = wrong
    ? '<p class="wrong" role="alert">This e-mail and password do not belong together. Check both and try again.</p>'
    : '';
  return plainDocument(
    'Sign in',
    `<p>Evaluation accounts only. Their names and password were printed when Keyhaven was started.</p>
${told}
<form method="post" action="${escapeHtml(action)}">
<label for="email">Email</label>
<input id="email" name="email" type="email" autocomplete="username" required autofocus>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>`,
  );
}
