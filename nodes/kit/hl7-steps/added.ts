/** Which segments earlier steps have added, by name and number: what `NTE[new]` means. Numbers move as segments come and go. */
export class Added {
  readonly #numbers = new Map<string, readonly number[]>();

  of(segment: string): readonly number[] {
    return this.#numbers.get(segment) ?? [];
  }

  /**
   * Notes new segments; the last step that added some of a name is meant.
   *
   * @param names of all segments before they were added
   * @param after numbers of the anchors they were put behind; null: at the end
   */
  placed(
    names: readonly string[],
    segment: string,
    anchor: string,
    after: readonly (number | null)[],
  ): readonly number[] {
    const behind = new Map<number, number>();
    let atEnd = 0;
    for (const number of after) {
      if (number === null) atEnd++;
      else behind.set(number, (behind.get(number) ?? 0) + 1);
    }
    const numbers: number[] = [];
    let [seen, anchors] = [0, 0];
    for (const name of names) {
      if (name === segment) seen++;
      if (name !== anchor) continue;
      for (let n = behind.get(++anchors) ?? 0; n > 0; n--) numbers.push(++seen);
    }
    for (; atEnd > 0; atEnd--) numbers.push(++seen);
    this.#numbers.set(segment, numbers);
    return numbers;
  }

  removed(segment: string, gone: readonly number[]): void {
    const numbers = this.of(segment)
      .filter((number) => !gone.includes(number))
      .map((number) => number - gone.filter((other) => other < number).length);
    this.#numbers.set(segment, numbers);
  }
}
