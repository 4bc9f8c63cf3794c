import type { Severity } from '../api/event-types.ts';
import type { GeofenceKind } from '../api/geofence-types.ts';
import type { VehicleState } from '../live/classify.ts';

export type Theme = 'light' | 'dark';

/** The map's colours; those of states match the custom properties in styles/tokens.css. */
export interface MapPalette {
  sea: string;
  land: string;
  paper: string;
  coast: string;
  border: string;
  river: string;
  grid: string;
  countryName: string;
  cityName: string;
  halo: string;
  track: string;
  /** A replayed way, from crawling to fast (speed-bands.ts). */
  speeds: readonly [string, string, string, string];
  doubtful: string;
  fences: Record<GeofenceKind, string>;
  severities: Record<Severity, string>;
  /** The fleet's trails, [r, g, b] from 0 to 1. */
  trail: readonly [number, number, number];
  casing: readonly [number, number, number];
  states: Record<VehicleState, readonly [number, number, number]>;
}

export const PALETTES: Record<Theme, MapPalette> = {
  light: {
    sea: '#d5dfe2',
    land: '#f4f1ea',
    paper: '#f6f4ee',
    coast: '#b4c2c6',
    border: '#d3cabb',
    river: '#c6d5d9',
    grid: '#8c8473',
    countryName: '#8d8574',
    cityName: '#5f594d',
    halo: '#f6f4ee',
    track: '#0b5f57',
    speeds: ['#c47f00', '#5d9c2c', '#0d7d72', '#2b5fc9'],
    doubtful: '#d3281c',
    fences: {
      depot: '#55647a',
      home: '#7a5bb5',
      territory: '#0d7d72',
      forbidden: '#d3281c',
      border: '#b8480f',
      low_speed: '#b07800',
      other: '#2b5fc9',
    },
    severities: { critical: '#d3281c', warning: '#c47f00', info: '#2b5fc9' },
    trail: rgb('#0f8f82'),
    casing: rgb('#ffffff'),
    states: {
      moving: rgb('#0d7d72'),
      idling: rgb('#c47f00'),
      parked: rgb('#55647a'),
      offline: rgb('#9a958c'),
      alarm: rgb('#d3281c'),
    },
  },
  dark: {
    sea: '#0a0e12',
    land: '#151b21',
    paper: '#11161b',
    coast: '#2b3640',
    border: '#2a333c',
    river: '#0d1318',
    grid: '#8fa3b3',
    countryName: '#66757f',
    cityName: '#9fb0ba',
    halo: '#11161b',
    track: '#8cf5e4',
    speeds: ['#f6b73c', '#93d955', '#3fe0c9', '#6aa8ff'],
    doubtful: '#ff5a4d',
    fences: {
      depot: '#9fb0c6',
      home: '#b79cf2',
      territory: '#3fe0c9',
      forbidden: '#ff5a4d',
      border: '#ff9a5c',
      low_speed: '#f6b73c',
      other: '#6aa8ff',
    },
    severities: { critical: '#ff5a4d', warning: '#f6b73c', info: '#6aa8ff' },
    trail: rgb('#2fd3bd'),
    casing: rgb('#0b0f13'),
    states: {
      moving: rgb('#3fe0c9'),
      idling: rgb('#f6b73c'),
      parked: rgb('#8fa1b8'),
      offline: rgb('#6d757d'),
      alarm: rgb('#ff5a4d'),
    },
  },
};

function rgb(hex: string): readonly [number, number, number] {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}
