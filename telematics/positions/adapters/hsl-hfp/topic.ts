/** What a topic of HFP version 2 tells. */
export interface HfpTopic {
  /** Operator that owns the vehicle and the vehicle's number, as the topic writes them: `0022-00792`. */
  ident: string;
  vehicleNumber: number;
  /** What the payload does not say. */
  attributes: {
    journeyType: string;
    temporalType: string;
    mode?: string;
    headsign?: string;
    nextStop?: string;
  };
}

const JOURNEY_TYPES = new Set(['journey', 'deadrun', 'signoff']);
const TEMPORAL_TYPES = new Set(['ongoing', 'upcoming']);
const START_TIME = /^\d{1,2}:\d{2}$/;

/**
 * Reads `/hfp/v2/{journey type}/{temporal type}/{event}/{mode}/{operator}/{vehicle}` and, of a
 * journey, what follows: `/{route}/{direction}/{headsign}/{start}/{next stop}/{geohash…}`. The
 * slash before it, of the public broker, may be missing. Null for any other topic.
 */
export function hfpTopic(topic: string): HfpTopic | null {
  const levels = (topic.startsWith('/') ? topic.slice(1) : topic).split('/', 14);
  const [root, version, journeyType = '', temporalType = '', event, mode, operator = '', vehicle = ''] =
    levels;
  if (root !== 'hfp' || version !== 'v2' || !event) return null;
  if (!JOURNEY_TYPES.has(journeyType) || !TEMPORAL_TYPES.has(temporalType)) return null;
  if (!/^\d{4}$/.test(operator) || !/^\d{5}$/.test(vehicle)) return null;
  const attributes: HfpTopic['attributes'] = { journeyType, temporalType };
  if (mode) attributes.mode = mode;
  // A headsign with a slash in it would shift the levels behind it: the start time tells.
  const [, , headsign, start = '', nextStop] = levels.slice(8);
  if (START_TIME.test(start)) {
    if (headsign) attributes.headsign = headsign;
    if (nextStop) attributes.nextStop = nextStop;
  }
  return { ident: `${operator}-${vehicle}`, vehicleNumber: Number(vehicle), attributes };
}
