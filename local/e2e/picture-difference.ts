import type { Page } from 'playwright-core';

// The function below runs in the browser; these are the parts of it that Node's types lack.
declare function createImageBitmap(blob: Blob): Promise<{ width: number; height: number }>;
declare class OffscreenCanvas {
  constructor(width: number, height: number);
  getContext(kind: '2d'): {
    drawImage(image: unknown, x: number, y: number): void;
    getImageData(x: number, y: number, width: number, height: number): { data: Uint8ClampedArray };
  };
}

/** How far the channels of a pixel must move, of 765, to count: more than antialiasing does. */
const VISIBLE_DISTANCE = 60;

/** How many pixels differ visibly between two PNG pictures of the same size; the browser decodes them. */
export async function differingPixels(page: Page, before: Buffer, after: Buffer): Promise<number> {
  return await page.evaluate(
    async ({ pictures, visibleDistance }) => {
      const decode = async (base64: string): Promise<Uint8ClampedArray> => {
        const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
        const bitmap = await createImageBitmap(new Blob([bytes], { type: 'image/png' }));
        const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext('2d');
        context.drawImage(bitmap, 0, 0);
        return context.getImageData(0, 0, bitmap.width, bitmap.height).data;
      };
      const [one, two] = (await Promise.all(pictures.map(decode))) as [Uint8ClampedArray, Uint8ClampedArray];
      const channel = (offset: number) => Math.abs((one[offset] ?? 0) - (two[offset] ?? 0));
      let differing = 0;
      for (let offset = 0; offset < one.length; offset += 4) {
        if (channel(offset) + channel(offset + 1) + channel(offset + 2) > visibleDistance) differing += 1;
      }
      return differing;
    },
    { pictures: [before.toString('base64'), after.toString('base64')], visibleDistance: VISIBLE_DISTANCE },
  );
}
