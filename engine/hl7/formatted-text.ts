import { meaningOf } from './escape.ts';
import type { Hl7Path } from './path.ts';
import type { Hl7Source } from './source.ts';

type Place = Pick<Hl7Path, 'field' | 'repetition' | 'component' | 'subcomponent'>;

/** `.in+4`, `.ti-2`, `.sk 3`: chapter 2, section 2.7.6. */
const COMMAND =
  /^\.(?:(?<plain>br|fi|nf|ce)|(?<skip>sp|sk)\s*\+?(?<count>\d{0,3})|(?<indent>in|ti)\s*(?<sign>[+-]?)(?<columns>\d{1,3}))$/;
/** Columns and lines that one command may leave: more in a few characters would let a sender fill memory. */
const MOST = { columns: 40, lines: 20 };

/**
 * Formatted text (data type FT) as plain lines, for screens and messages that know no formatting. Lines end at `\.br\`
 * and `\.sp+n\`; `\.in\`, `\.ti\` and `\.sk\` become blanks. Lines have no width here: `\.ce\` begins a line and does not
 * centre it, and nothing is wrapped (`\.fi\`, `\.nf\`). Other escapes are read as everywhere.
 *
 * Each repetition begins a new line: senders use them for that.
 */
export function linesOf(
  source: Hl7Source,
  at: number,
  { field, repetition, component, subcomponent }: Place,
): string[] {
  const span = source.field(at, field);
  if (!span || span.from === span.to) return [];
  if (source.isOpaque(at, field)) return [source.plain(span.from, span.to)];
  const lines: string[] = [];
  let count = 0;
  for (const whole of source.parts(span, source.delimiters.repetition)) {
    if (repetition > 0 && ++count !== repetition) continue;
    const leaf = source.leaf(whole, component, subcomponent);
    if (!leaf) continue;
    for (const line of formatted(source.text.slice(leaf.from, leaf.to), source))
      lines.push(source.damaged ? line.toWellFormed() : line);
  }
  return lines;
}

function formatted(raw: string, source: Hl7Source): string[] {
  const { escape: mark } = source.delimiters;
  const page = new Page();
  let from = 0;
  let open = mark === '' ? -1 : raw.indexOf(mark);
  while (open >= 0) {
    const close = raw.indexOf(mark, open + 1);
    if (close < 0) break;
    const sequence = raw.slice(open + 1, close);
    const command = COMMAND.exec(sequence);
    const meaning = command ? '' : meaningOf(sequence, source.delimiters, source);
    if (meaning === undefined) {
      // As when reading a value: the closing mark may open the next sequence.
      page.write(raw.slice(from, close));
      from = close;
      open = close;
      continue;
    }
    page.write(raw.slice(from, open) + meaning);
    if (command?.groups) page.obey(command.groups);
    from = close + 1;
    open = raw.indexOf(mark, from);
  }
  page.write(raw.slice(from));
  return page.finish();
}

class Page {
  readonly #lines: string[] = [];
  #line = '';
  #indent = 0;
  /** For the line that is next written alone. */
  #once: number | undefined;

  write(text: string): void {
    const [first = '', ...others] = text.split(/\r\n|\r|\n/);
    this.#append(first);
    for (const other of others) {
      this.#end();
      this.#append(other);
    }
  }

  obey({ plain, skip, count, indent, sign, columns }: Readonly<Partial<Record<string, string>>>): void {
    // A count that is left out is one: `\.sp\` is `\.br\`.
    const number = Number(count || (columns ?? 1));
    if (plain === 'br' || (plain === 'ce' && this.#line !== '')) this.#end();
    if (skip === 'sp') for (let left = Math.min(number, MOST.lines); left > 0; left--) this.#end();
    if (skip === 'sk') this.#append(' '.repeat(Math.min(number, MOST.columns)));
    // A sign counts from the indentation there is.
    const column = sign === '' ? number : this.#indent + (sign === '-' ? -number : number);
    const within = Math.max(0, Math.min(MOST.columns, column));
    if (indent === 'in') this.#indent = within;
    if (indent === 'ti') this.#once = within;
  }

  finish(): string[] {
    return [...this.#lines, this.#line];
  }

  #append(text: string): void {
    if (text === '') return;
    if (this.#line === '') this.#line = ' '.repeat(this.#once ?? this.#indent);
    this.#line += text;
    this.#once = undefined;
  }

  #end(): void {
    this.#lines.push(this.#line);
    this.#line = '';
  }
}
