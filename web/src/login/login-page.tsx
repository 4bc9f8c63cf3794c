import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/request.ts';
import { signIn } from '../api/session.ts';
import { Mark } from '../console/icons.tsx';

export function LoginPage({ ended }: { ended: boolean }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  useEffect(() => {
    document.title = 'Log in · Wayleave';
    // The page has one purpose; its first field is where the keyboard belongs.
    email.current?.focus();
  }, []);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const address = email.current?.value.trim();
    const secret = password.current?.value;
    if (!address || !secret) return setProblem('Enter your email and your password.');
    setBusy(true);
    setProblem(null);
    try {
      await signIn(address, secret);
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
      password.current?.select();
    }
  };

  return (
    <main className="login">
      <Streets />
      <form
        className="login-card"
        onSubmit={(event) => void submit(event)}
        noValidate
        aria-labelledby="login-title"
      >
        <Mark size={40} />
        <h1 id="login-title">Wayleave</h1>
        <p className="login-lead">
          {ended ? 'Your session has ended. Log in to go on.' : 'Log in to watch your fleet.'}
        </p>
        <label>
          Email
          <input
            ref={email}
            name="email"
            type="email"
            autoComplete="username"
            required
            data-testid="login-email"
          />
        </label>
        <label>
          Password
          <input
            ref={password}
            name="password"
            type="password"
            autoComplete="current-password"
            required
            aria-invalid={problem !== null}
            aria-describedby="login-problem"
            data-testid="login-password"
          />
        </label>
        <p id="login-problem" className="login-problem" role="alert" data-testid="login-error">
          {problem}
        </p>
        <button type="submit" className="button primary" disabled={busy} data-testid="login-submit">
          {busy ? 'Logging in…' : 'Log in'}
        </button>
      </form>
    </main>
  );
}

function explain(error: unknown): string {
  if (!(error instanceof ApiError)) return 'Something went wrong in this page. Reload it and try again.';
  if (error.status === 0) return 'The server cannot be reached. Check the connection and try again.';
  if (error.status === 429) return 'Too many attempts. Wait a minute and try again.';
  if (error.status === 401 || error.status === 400) return 'This email and password do not belong together.';
  if (error.status >= 500) return 'The server has a problem. Try again in a moment.';
  return error.message;
}

/** A city drawn by its vehicles: what the map behind this page looks like. */
function Streets() {
  return (
    <svg
      className="login-streets"
      viewBox="0 0 1200 800"
      preserveAspectRatio="xMidYMid slice"
      aria-hidden="true"
    >
      <g fill="none" strokeLinecap="round">
        {STREETS.map((path, index) => (
          <path key={path} d={path} style={{ opacity: 0.25 + (index % 4) * 0.2 }} />
        ))}
      </g>
    </svg>
  );
}

const STREETS = [
  'M-20 620 C180 560 300 640 470 560 S760 380 980 400 S1160 330 1240 340',
  'M80 820 C140 640 250 520 330 380 S420 120 400 -20',
  'M-20 300 C160 340 280 260 440 300 S700 420 830 330 S1040 120 1240 140',
  'M560 820 C600 700 560 600 620 500 S760 300 740 160 S800 40 790 -20',
  'M920 820 C900 680 960 600 940 500 S880 300 960 200 S1010 60 1000 -20',
  'M-20 120 C120 160 260 100 400 140 S640 60 760 120 S1020 260 1240 230',
  'M-20 740 C240 700 420 760 640 700 S980 640 1240 690',
  'M1130 820 C1100 640 1160 480 1110 320 S1150 80 1140 -20',
  'M180 -20 C220 120 160 260 220 400 S180 640 240 820',
];
