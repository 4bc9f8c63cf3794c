import type { CustomLayerInterface, CustomRenderMethodInput, Map as MapLibreMap } from 'maplibre-gl';
import { FLOATS_PER_MARK, type FleetMotion } from './fleet-motion.ts';
import { metresPerPixel, metresPerUnit, xFromLon, yFromLat } from './mercator.ts';
import { frameIntervalMs } from './motion.ts';
import type { MapPalette } from './palette.ts';
import { LOOK_ALARM, trailFragment, trailVertex, vehicleFragment, vehicleVertex } from './shaders.ts';
import { FLOATS_PER_SEGMENT } from './trail-buffer.ts';
import { createInstances, createMirror, createProgram, createQuad, type Program } from './webgl.ts';

/** What both layers read at each frame; the caller changes it in place. */
export interface FleetScene {
  motion: FleetMotion;
  palette: MapPalette;
  /** No pulse and no continuous repainting. */
  still: boolean;
  /** Nothing of the fleet is drawn. */
  hidden: boolean;
  /** Seconds on the clock of `motion`. */
  nowS(): number;
}

/** How long a trail is bright, and how long the street stays, in seconds. */
const TRAIL_FADE_S: [number, number] = [22, 600];
const ALARM_PULSE_S = 1.8;
/** The speed at which a trail has its full colour. */
const BRISK_MS = 16;
/** Trails fade too slowly for anyone to see more frames than this. */
const FADING_INTERVAL_MS = 1000;

interface Frame {
  gl: WebGL2RenderingContext;
  matrix: Float32Array;
  centre: [number, number, number, number];
  viewport: [number, number];
  zoom: number;
  latitude: number;
  bearingRad: number;
  nowS: number;
}

/** The fleet as two layers, so that place names can lie between: the trails, and the vehicles on top. */
export function createFleetLayers(scene: FleetScene): {
  trails: CustomLayerInterface;
  vehicles: CustomLayerInterface;
} {
  let map: MapLibreMap | null = null;
  let drawTrails: ((frame: Frame) => void) | null = null;
  let drawVehicles: ((frame: Frame) => void) | null = null;
  let wake: ReturnType<typeof setTimeout> | undefined;

  const scheduleNext = (frame: Frame) => {
    clearTimeout(wake);
    const hasAlarm = anyAlarm(scene.motion);
    const moving = scene.motion.busyUntilS() > frame.nowS || hasAlarm;
    const interval = frameIntervalMs(metresPerPixel(frame.latitude, frame.zoom));
    const delayMs =
      scene.still || !moving ? FADING_INTERVAL_MS : hasAlarm ? Math.min(interval, 40) : interval;
    if (delayMs < 17) map?.triggerRepaint();
    else wake = setTimeout(() => map?.triggerRepaint(), delayMs);
  };

  return {
    trails: {
      id: 'fleet-trails',
      type: 'custom',
      onAdd(target, gl) {
        map = target;
        const marks = createMirror(gl, FLOATS_PER_MARK);
        drawTrails = trailRenderer(gl, scene, marks);
        drawVehicles = vehicleRenderer(gl, scene, marks);
      },
      render(gl, input) {
        if (map && !scene.hidden) drawTrails?.(frameOf(map, gl, input, scene.nowS()));
      },
    },
    vehicles: {
      id: 'fleet-vehicles',
      type: 'custom',
      onRemove() {
        clearTimeout(wake);
        map = null;
      },
      render(gl, input) {
        if (!map || scene.hidden) return;
        const frame = frameOf(map, gl, input, scene.nowS());
        drawVehicles?.(frame);
        scheduleNext(frame);
      },
    },
  };
}

function anyAlarm({ marks }: FleetMotion): boolean {
  for (const mark of marks.values()) if (mark.flags & LOOK_ALARM) return true;
  return false;
}

function frameOf(
  map: MapLibreMap,
  gl: WebGL2RenderingContext,
  input: CustomRenderMethodInput,
  nowS: number,
): Frame {
  const { lng, lat } = map.getCenter();
  const x = xFromLon(lng);
  const y = yFromLat(lat);
  const world = input.defaultProjectionData.mainMatrix;
  const matrix = new Float32Array(world);
  // The centre moves into the matrix in double precision; what is left for the GPU is small.
  for (let row = 0; row < 4; row++) {
    matrix[12 + row] = (world[row] ?? 0) * x + (world[4 + row] ?? 0) * y + (world[12 + row] ?? 0);
  }
  const { clientWidth, clientHeight } = map.getCanvas();
  return {
    gl,
    matrix,
    centre: [Math.fround(x), Math.fround(y), x - Math.fround(x), y - Math.fround(y)],
    viewport: [clientWidth, clientHeight],
    zoom: map.getZoom(),
    latitude: lat,
    bearingRad: (map.getBearing() * Math.PI) / 180,
    nowS,
  };
}

function begin({ gl, matrix, centre, viewport, nowS }: Frame, program: Program): void {
  gl.useProgram(program.handle);
  gl.disable(gl.DEPTH_TEST);
  gl.disable(gl.STENCIL_TEST);
  gl.disable(gl.CULL_FACE);
  gl.enable(gl.BLEND);
  gl.blendFunc(gl.ONE, gl.ONE_MINUS_SRC_ALPHA);
  gl.uniformMatrix4fv(program.uniform('u_matrix'), false, matrix);
  gl.uniform4fv(program.uniform('u_centre'), centre);
  gl.uniform2fv(program.uniform('u_viewport'), viewport);
  gl.uniform1f(program.uniform('u_now'), nowS);
}

type Marks = ReturnType<typeof createMirror>;

function trailRenderer(gl: WebGL2RenderingContext, scene: FleetScene, marks: Marks): (frame: Frame) => void {
  const { motion } = scene;
  const quad = createQuad(gl);
  const streets = createProgram(gl, trailVertex(false), trailFragment);
  const heads = createProgram(gl, trailVertex(true), trailFragment);
  const segments = createMirror(gl, FLOATS_PER_SEGMENT);
  const runs = [
    { location: 1, firstFloat: 0 },
    { location: 2, firstFloat: 4 },
  ];
  const segmentArray = createInstances(gl, quad, segments.buffer, runs, FLOATS_PER_SEGMENT);
  const markArray = createInstances(gl, quad, marks.buffer, runs, FLOATS_PER_MARK);

  return (frame) => {
    segments.update(motion.trails.floats, motion.trails.takeWritten());
    // Trails are drawn first, so the vehicles' layer finds the buffer up to date.
    marks.update(motion.floats(), motion.takeWritten());
    const width = ramp(frame.zoom, [
      [5, 0.8],
      [9, 1.2],
      [12, 2.2],
      [15, 4],
      [18, 7],
    ]);
    const draw = (program: Program, array: WebGLVertexArrayObject, count: number) => {
      begin(frame, program);
      gl.uniform1f(program.uniform('u_width'), width);
      gl.uniform1f(program.uniform('u_pixels'), metresPerUnit(yFromLat(frame.latitude)) / BRISK_MS);
      gl.uniform1f(
        program.uniform('u_strength'),
        ramp(frame.zoom, [
          [5, 0.5],
          [10, 0.9],
          [14, 0.8],
        ]),
      );
      gl.uniform2fv(program.uniform('u_fade'), TRAIL_FADE_S);
      gl.uniform3fv(program.uniform('u_trail'), scene.palette.trail);
      gl.uniform3fv(program.uniform('u_slow'), scene.palette.states.idling);
      gl.bindVertexArray(array);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, count);
      gl.bindVertexArray(null);
    };
    draw(streets, segmentArray, motion.trails.count());
    draw(heads, markArray, motion.marks.size);
  };
}

function vehicleRenderer(
  gl: WebGL2RenderingContext,
  scene: FleetScene,
  marks: Marks,
): (frame: Frame) => void {
  const { motion } = scene;
  const quad = createQuad(gl);
  const program = createProgram(gl, vehicleVertex, vehicleFragment);
  const attributes = [1, 2, 3].map((location) => ({ location, firstFloat: (location - 1) * 4 }));
  const array = createInstances(gl, quad, marks.buffer, attributes, FLOATS_PER_MARK);

  return (frame) => {
    begin(frame, program);
    const crowd = motion.marks.size > 1500 ? 0.8 : 1;
    gl.uniform1f(
      program.uniform('u_radius'),
      crowd *
        ramp(frame.zoom, [
          [3, 4],
          [8, 5.5],
          [12, 8],
          [15, 10.5],
          [18, 14],
        ]),
    );
    gl.uniform1f(program.uniform('u_bearing'), frame.bearingRad);
    gl.uniform1f(program.uniform('u_ratio'), window.devicePixelRatio);
    gl.uniform1f(
      program.uniform('u_pulse'),
      scene.still ? 0.35 : (frame.nowS % ALARM_PULSE_S) / ALARM_PULSE_S,
    );
    // Far out the vehicles lie on each other, and so would their shadows.
    gl.uniform1f(
      program.uniform('u_shadow'),
      ramp(frame.zoom, [
        [8, 0],
        [11, 0.22],
      ]),
    );
    gl.uniform3fv(program.uniform('u_casing'), scene.palette.casing);
    const { moving, idling, parked, offline, alarm } = scene.palette.states;
    gl.uniform3fv(program.uniform('u_states'), [...moving, ...idling, ...parked, ...offline, ...alarm]);
    gl.bindVertexArray(array);
    for (const pass of [0, 1]) {
      gl.uniform1i(program.uniform('u_pass'), pass);
      gl.drawArraysInstanced(gl.TRIANGLE_STRIP, 0, 4, motion.marks.size);
    }
    gl.bindVertexArray(null);
  };
}

/** Linear between stops. */
function ramp(at: number, stops: [number, number][]): number {
  let previous = stops[0] as [number, number];
  for (const stop of stops) {
    if (at <= stop[0]) {
      const span = stop[0] - previous[0];
      return span === 0 ? stop[1] : previous[1] + ((stop[1] - previous[1]) * (at - previous[0])) / span;
    }
    previous = stop;
  }
  return previous[1];
}
