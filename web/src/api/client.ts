import { queryOf, request } from './request.ts';
import type { MapConfig, Page, Position, Session, Vehicle } from './types.ts';

const VEHICLES_PER_PAGE = 500;
/** The most positions one page may hold, by the API's contract. */
export const POSITIONS_PER_PAGE = 5000;

export const login = (email: string, password: string) =>
  request<Session>('/auth/login', { method: 'POST', body: { email, password } });

/** The refresh token travels in an HttpOnly cookie that this program cannot read. */
export const refresh = () => request<Session>('/auth/refresh', { method: 'POST', body: {} });

export const logout = (token: string) => request<void>('/auth/logout', { method: 'POST', body: {}, token });

export const mapConfig = () => request<MapConfig>('/map-config');

export const vehicle = (token: string, id: string, signal?: AbortSignal) =>
  request<Vehicle>(`/vehicles/${encodeURIComponent(id)}`, { token, signal });

export const vehiclePage = (token: string, cursor: string | null) =>
  request<Page<Vehicle>>(`/vehicles?${queryOf({ limit: VEHICLES_PER_PAGE, cursor })}`, { token });

export interface PositionsQuery {
  fromMs: number;
  toMs: number;
  limit: number;
  /** `all` gives the doubtful ones too. */
  verdict?: 'good' | 'all';
  cursor?: string | null;
}

export const positions = (token: string, id: string, query: PositionsQuery, signal?: AbortSignal) => {
  const { fromMs, toMs, limit, verdict, cursor } = query;
  const fields = { ...rangeFields({ fromMs, toMs }), limit, verdict, cursor };
  return request<Page<Position>>(`/vehicles/${encodeURIComponent(id)}/positions?${queryOf(fields)}`, {
    token,
    signal,
  });
};

export const rangeFields = ({ fromMs, toMs }: { fromMs: number; toMs: number }) => ({
  from: new Date(fromMs).toISOString(),
  to: new Date(toMs).toISOString(),
});
