/** File names and classes, and what people should hear of them. */
export const nameless = {
  "team-photo_2": "team",
  oakTable: "oak Table",
  IMG_1234: null,
  "bg-masthead": "masthead",
  d41d8cd98f00b204: null,
  "01-thumbnail": null,
  "": null,
  "café-au-lait": "café au lait",
};

export const trend = [{ at: "2026-01-01T00:00:00Z", score: 1 }, { at: "never", score: 1 }, { at: "2026-01-01" }, null];
