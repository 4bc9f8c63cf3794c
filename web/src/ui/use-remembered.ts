import { useCallback, useState } from 'react';

/** A choice of how the page looks, kept in this browser from visit to visit. */
export function useRemembered(name: string, fallback: boolean): [boolean, (value: boolean) => void] {
  const key = `wayleave.${name}`;
  const [value, setValue] = useState(() => read(key) ?? fallback);
  const remember = useCallback(
    (next: boolean) => {
      setValue(next);
      try {
        localStorage.setItem(key, String(next));
      } catch {
        // A browser that stores nothing shows the choice until the page is closed.
      }
    },
    [key],
  );
  return [value, remember];
}

function read(key: string): boolean | null {
  try {
    const text = localStorage.getItem(key);
    return text === null ? null : text === 'true';
  } catch {
    return null;
  }
}
