/** A unit of each setting and seed; all settings of the first seed before those of the second, so that a run that is cut off has seen every setting. */
export function unitsBySeed<Setting, Unit>(settings: readonly Setting[], seeds: number, unitOf: (setting: Setting, seed: number) => Unit): Unit[] {
  return Array.from({ length: seeds }, (_, index) => settings.map((setting) => unitOf(setting, index + 1))).flat();
}
