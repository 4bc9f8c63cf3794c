import { describeCases } from '../testing/describe-cases.ts';
import { geofence } from './geofence.ts';

describeCases(new URL('testcases/', import.meta.url), { geofence });
