import { type RefObject, useEffect, useRef, useState } from 'react';
import { useLatest, useMedia } from '../console/hooks.ts';
import { createPlainMap, type PlainMap } from './plain-map.ts';

interface UsePlainMapOptions {
  label: string;
  paddingPx: number;
  small?: boolean;
  onStyle(plain: PlainMap, before: string | undefined): void;
}

/** A map in an element that the caller renders; null until it is there. `onStyle` may change from render to render. */
export function usePlainMap({ label, paddingPx, small = false, onStyle }: UsePlainMapOptions): {
  container: RefObject<HTMLDivElement | null>;
  plain: PlainMap | null;
} {
  const container = useRef<HTMLDivElement>(null);
  const [plain, setPlain] = useState<PlainMap | null>(null);
  const dark = useMedia('(prefers-color-scheme: dark)');
  const still = useMedia('(prefers-reduced-motion: reduce)');
  const latest = useLatest({ onStyle, dark, still });

  useEffect(() => {
    if (!container.current) return;
    const abort = new AbortController();
    let created: PlainMap | null = null;
    const start = async (element: HTMLElement) => {
      created = await createPlainMap(
        {
          container: element,
          label,
          paddingPx,
          small,
          theme: latest.current.dark ? 'dark' : 'light',
          still: latest.current.still,
          onStyle: (made, before) => latest.current.onStyle(made, before),
        },
        abort.signal,
      );
      setPlain(created);
    };
    void start(container.current);
    return () => {
      abort.abort();
      created?.destroy();
      setPlain(null);
    };
  }, [label, paddingPx, small, latest]);

  useEffect(() => plain?.setTheme(dark ? 'dark' : 'light'), [plain, dark]);
  return { container, plain };
}
