/**
 * Minimum share of a picture's height that stays visible: an upright one in a wide box would lose its eyes.
 * 4:3 in 16:9 keeps 0.75.
 */
const LEAST_HEIGHT = 0.74;

/** Minimum share of its width: a person before a wide camera sits in the middle. 16:9 in 3:4 keeps 0.42. */
const LEAST_WIDTH = 0.4;

/**
 * How a picture fits into a box, given their aspect ratios (width over height): cropped to it, or uncropped.
 */
export function fitOf(picture: number, box: number): "cover" | "contain" {
  const isWhole = picture < box ? picture / box < LEAST_HEIGHT : box / picture < LEAST_WIDTH;
  return isWhole ? "contain" : "cover";
}
