import { useState } from 'react';
import { Icon } from '../console/icons.tsx';
import { Dialog } from '../ui/dialog.tsx';

interface SecretShownProps {
  ident: string;
  secret: string;
  onClose(): void;
}

/** The one time that a secret can be seen; it lives in this dialog and nowhere else. */
export function SecretShown({ ident, secret, onClose }: SecretShownProps) {
  const [copied, setCopied] = useState<boolean | null>(null);
  const copy = async () => {
    // Without a secure context there is no clipboard; the text can still be selected.
    const done = await (
      navigator.clipboard?.writeText(secret) ?? Promise.reject(new Error('no clipboard'))
    ).then(
      () => true,
      () => false,
    );
    setCopied(done);
  };
  return (
    <Dialog title={`The secret of ${ident}`} onClose={onClose} lasting testId="secret-dialog">
      <p className="dialog-text">
        Put these into the gateway as MQTT user name and password. The secret is shown this once: only a
        fingerprint of it is kept here.
      </p>
      <dl className="secret">
        <dt>User name</dt>
        <dd className="ident">{ident}</dd>
        <dt>Password</dt>
        <dd className="ident" data-testid="secret">
          {secret}
        </dd>
      </dl>
      <footer className="dialog-actions">
        <output>
          {copied === true ? 'Copied.' : copied === false ? 'Select it and copy it by hand.' : ''}
        </output>
        <button type="button" className="button" onClick={() => void copy()}>
          <Icon name="copy" /> Copy
        </button>
        <button type="button" className="button primary" onClick={onClose} data-testid="secret-done">
          I have stored it
        </button>
      </footer>
    </Dialog>
  );
}
