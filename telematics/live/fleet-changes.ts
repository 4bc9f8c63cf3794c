/**
 * Redis channel on which an API process tells the others that an operator's vehicles or
 * installations changed, so that every live feed reads them again. The message says nothing.
 */
export const fleetChangesChannel = (operatorId: string): string => `fleet-changes:${operatorId}`;
