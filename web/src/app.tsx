import { lazy, Suspense, useEffect, useSyncExternalStore } from 'react';
import { restoreSession, sessionState, subscribeToSession } from './api/session.ts';
import { Mark } from './console/icons.tsx';
import { LoginPage } from './login/login-page.tsx';

// The map is most of the program; the login page does not wait for it.
const loadConsole = () => import('./console/console-page.tsx');
const ConsolePage = lazy(async () => ({ default: (await loadConsole()).ConsolePage }));

export function App() {
  const session = useSyncExternalStore(subscribeToSession, sessionState);

  useEffect(() => {
    void restoreSession();
    void loadConsole();
  }, []);

  if (session.phase === 'out') return <LoginPage ended={session.ended} />;
  if (session.phase === 'unreachable') return <Unreachable />;
  if (session.phase === 'restoring') return <Splash />;
  return (
    <Suspense fallback={<Splash />}>
      <ConsolePage key={session.user.id} user={session.user} />
    </Suspense>
  );
}

function Splash() {
  return (
    <main className="splash" aria-busy="true" aria-label="Loading Wayleave">
      <Mark size={44} />
    </main>
  );
}

function Unreachable() {
  return (
    <main className="splash">
      <Mark size={44} />
      <h1>The server cannot be reached</h1>
      <p>Check the connection; your session is kept.</p>
      <button type="button" className="button primary" onClick={() => void restoreSession()}>
        Try again
      </button>
    </main>
  );
}
