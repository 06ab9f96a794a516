/** Copies text that stands in `element`; false when the browser refuses both ways. */
export async function copyText(text: string, element: HTMLElement | null): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copySelection(element);
  }
}

/** The old way, for pages without the clipboard permission: select what stands there and copy the selection. */
function copySelection(element: HTMLElement | null): boolean {
  const selection = window.getSelection();
  if (element === null || selection === null) return false;
  selection.selectAllChildren(element);
  return document.execCommand('copy');
}
