import type { ReactNode } from 'react';

/** What went wrong, and the way to try again. */
export function Failed({ why, onAgain }: { why: string; onAgain(): void }) {
  return (
    <div className="failed" role="alert">
      <p>{why}</p>
      <button type="button" className="button small" onClick={onAgain}>
        Try again
      </button>
    </div>
  );
}

/** Says that there is nothing, and what would be here. */
export function Nothing({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="nothing">
      <h2>{title}</h2>
      {children}
    </div>
  );
}

/** Rows of a list that is still read. */
export function ReadingRows({ rows = 6 }: { rows?: number }) {
  return (
    <output className="reading" aria-label="Reading">
      {Array.from({ length: rows }, (_, at) => (
        <i key={at} />
      ))}
    </output>
  );
}
