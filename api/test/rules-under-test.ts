import type { ApiUnderTest, OperatorName } from './api-under-test.ts';

export interface TestRules {
  groupId: string;
  geofenceId: string;
  speedLimitId: string;
}

/** A group with the vehicle in it, a geofence that holds for it, a speed limit and settings, made over the API. */
export async function makeRules(
  api: ApiUnderTest,
  operator: OperatorName,
  vehicleId: string,
): Promise<TestRules> {
  const token = await api.tokenOf(operator, 'admin');
  const send = async (method: string, path: string, body?: unknown): Promise<{ id: string }> => {
    const answer = await api.request(method, `/api/v1/${path}`, { token, body });
    if (answer.status >= 300) throw new Error(`${method} ${path} was answered ${answer.text}`);
    return answer.json;
  };
  const { id: groupId } = await send('POST', 'vehicle-groups', { name: `Group of ${operator}` });
  await send('PUT', `vehicle-groups/${groupId}/vehicles/${vehicleId}`);
  const { id: geofenceId } = await send('POST', 'geofences', {
    name: `Yard of ${operator}`,
    kind: 'depot',
    shape: { type: 'Circle', center: [32.58, 0.35], radiusM: 500 },
    groupId,
  });
  const { id: speedLimitId } = await send('PUT', 'speed-limits', {
    scope: 'vehicle',
    vehicleId,
    limitKmh: operator === 'north' ? 70 : 80,
  });
  await send('PUT', 'settings/rules', { timeZone: 'Africa/Kampala' });
  return { groupId, geofenceId, speedLimitId };
}
