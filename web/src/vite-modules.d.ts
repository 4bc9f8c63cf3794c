declare module 'virtual:basemap-url' {
  /** Where the bundled base map is served: Natural Earth as TopoJSON. */
  export const basemapUrl: string;
}
