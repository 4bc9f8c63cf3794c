import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GeofenceShape, LonLat } from '../api/geofence-types.ts';
import { begun, type Drawing, drawingHint, loaded, nextDrawing } from './drawing.ts';
import { dragged, handlesOf, MAX_HANDLES, shapeOf, sketchOf } from './sketch.ts';

const WORLD = [-360, -90, 360, 90] as const;
const SQUARE: LonLat[] = [
  [32, 0],
  [33, 0],
  [33, 1],
  [32, 1],
];
const drawn = (type: 'Circle' | 'Polygon' | 'Corridor', points: readonly LonLat[]): Drawing =>
  points.reduce((drawing, at) => nextDrawing(drawing, { do: 'click', at }), begun(type));
const finish = (drawing: Drawing) => nextDrawing(drawing, { do: 'finish' });

describe('drawing', () => {
  test('an area is closed when it ends, and is none with two points', () => {
    expect(shapeOf(drawn('Polygon', SQUARE.slice(0, 2)).sketch)).toBeNull();
    const done = finish(drawn('Polygon', SQUARE));
    expect(done.adding).toBeNull();
    expect(shapeOf(done.sketch)).toEqual({ type: 'Polygon', coordinates: [[...SQUARE, SQUARE[0]]] });
  });

  test('it cannot end before it is an area', () => {
    expect(finish(drawn('Polygon', SQUARE.slice(0, 2))).adding).toEqual({ part: 0, ring: 0 });
    expect(finish(begun('Circle')).adding).not.toBeNull();
  });

  test('a circle has its middle with the first click and its rim with the second', () => {
    const middle = drawn('Circle', [[32.5, 0.3]]);
    expect(middle.adding).not.toBeNull();
    const done = nextDrawing(middle, { do: 'click', at: [32.5, 0.31] });
    expect(done.adding).toBeNull();
    expect(shapeOf(done.sketch)).toEqual({ type: 'Circle', center: [32.5, 0.3], radiusM: 1_112 });
  });

  test('a hole is a further ring; one that is given up leaves the area as it was', () => {
    const area = finish(drawn('Polygon', SQUARE));
    const hole = [
      [32.2, 0.2],
      [32.4, 0.2],
      [32.4, 0.4],
    ].reduce<Drawing>(
      (drawing, at) => nextDrawing(drawing, { do: 'click', at: at as LonLat }),
      nextDrawing(area, { do: 'hole', part: 0 }),
    );
    const shape = shapeOf(finish(hole).sketch);
    expect(shape?.type === 'Polygon' && shape.coordinates).toHaveLength(2);
    const back = nextDrawing(hole, { do: 'back' });
    expect(shapeOf(finish(back).sketch)).toEqual(shapeOf(area.sketch));
  });

  test('taking points back leads to where it began', () => {
    const emptied = SQUARE.reduce(
      (drawing) => nextDrawing(drawing, { do: 'back' }),
      drawn('Corridor', SQUARE),
    );
    expect(emptied).toEqual(begun('Corridor'));
  });

  test('a point can be moved, added between two, and removed', () => {
    const area = finish(drawn('Polygon', SQUARE));
    const handles = handlesOf(area.sketch, WORLD) ?? [];
    const point = handles.find(({ kind, index }) => kind === 'point' && index === 2)!;
    const moved = nextDrawing(area, { do: 'drag', from: area, handle: point, to: [34, 2] });
    expect(shapeOf(moved.sketch)).toMatchObject({
      coordinates: [
        [
          [32, 0],
          [33, 0],
          [34, 2],
          [32, 1],
          [32, 0],
        ],
      ],
    });

    const middle = handles.find(({ kind, index }) => kind === 'middle' && index === 1)!;
    const first = nextDrawing(area, { do: 'drag', from: area, handle: middle, to: [32.5, -1] });
    const second = nextDrawing(first, { do: 'drag', from: area, handle: middle, to: [32.5, -2] });
    expect(shapeOf(second.sketch)).toMatchObject({
      coordinates: [
        [
          [32, 0],
          [32.5, -2],
          [33, 0],
          [33, 1],
          [32, 1],
          [32, 0],
        ],
      ],
    });
    expect(second.picked).toEqual({ part: 0, ring: 0, index: 1 });
    const removed = nextDrawing(second, { do: 'remove', point: second.picked! });
    expect(shapeOf(removed.sketch)).toEqual(shapeOf(area.sketch));
  });

  test('there is a word on what to do next at every step', () => {
    const steps = [begun('Circle'), drawn('Corridor', SQUARE.slice(0, 1)), finish(drawn('Polygon', SQUARE))];
    expect(new Set(steps.map(drawingHint)).size).toBe(3);
  });
});

describe('a stored shape', () => {
  test('comes back as it was', () => {
    const shapes: GeofenceShape[] = [
      { type: 'Circle', center: [32.5, 0.3], radiusM: 250 },
      { type: 'Corridor', line: SQUARE, widthM: 80 },
      { type: 'MultiPolygon', coordinates: [[[...SQUARE, SQUARE[0]!]], [[...SQUARE, SQUARE[0]!]]] },
    ];
    for (const shape of shapes) expect(shapeOf(loaded(shape).sketch)).toEqual(shape);
  });

  test('of any points comes back as it was', () => {
    const degrees = (max: number) =>
      fc.integer({ min: -max * 1e7, max: max * 1e7 }).map((value) => value / 1e7);
    const ring = fc.array(fc.tuple(degrees(80), degrees(80)), { minLength: 3, maxLength: 20 });
    fc.assert(
      fc.property(ring, (points) => {
        const shape: GeofenceShape = { type: 'Polygon', coordinates: [[...points, points[0]!]] };
        expect(shapeOf(sketchOf(shape))).toEqual(shape);
      }),
    );
  });

  test('across the antimeridian is whole while it is changed and within ±180 when it is saved', () => {
    const line: LonLat[] = [
      [179, 10],
      [-179, 10],
    ];
    const sketch = sketchOf({ type: 'Corridor', line, widthM: 100 });
    expect(sketch.type === 'Corridor' && sketch.line[1]).toEqual([181, 10]);
    expect(shapeOf(sketch)).toEqual({ type: 'Corridor', line, widthM: 100 });
  });

  test('of more points than a hand can take hold of has handles where the map is close enough', () => {
    const points = Array.from({ length: MAX_HANDLES * 3 }, (_, at): LonLat => [at / 100, at % 2]);
    const { sketch } = loaded({ type: 'Corridor', line: points, widthM: 10 });
    expect(handlesOf(sketch, WORLD)).toBeNull();
    expect(handlesOf(sketch, [0, -1, 0.1, 2])?.length).toBeGreaterThan(5);
  });

  test('that is a circle is moved by its middle and sized by its rim', () => {
    const { sketch } = loaded({ type: 'Circle', center: [0, 0], radiusM: 100 });
    const [centre, rim] = handlesOf(sketch, WORLD) ?? [];
    expect(dragged(sketch, centre!, [1, 1]).sketch).toMatchObject({ center: [1, 1], radiusM: 100 });
    expect(dragged(sketch, rim!, [0, 0.01]).sketch).toMatchObject({ center: [0, 0], radiusM: 1_112 });
  });
});
