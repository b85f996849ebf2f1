import { useState, type ReactNode } from 'react';
import { SignDialog, type SigningWish } from './sign-dialog.tsx';

/**
 * `const signer = useSigner(); … signer.ask({ title, button, words, environment, statement, onSigned }) … {signer.dialog}`.
 * The focus goes back to what opened the dialog.
 */
export function useSigner(): { ask(wish: SigningWish): void; readonly dialog: ReactNode } {
  const [wish, setWish] = useState<SigningWish | null>(null);
  return { ask: setWish, dialog: wish && <SignDialog wish={wish} onClose={() => setWish(null)} /> };
}
