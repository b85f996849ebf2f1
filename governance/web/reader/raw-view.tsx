import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef } from 'react';
import type { OutlineNode, OutlineSegment } from '../../api/runtime-shapes.ts';
import classes from './reader.module.css';
import { partAt } from './rows.ts';

/** The segments as they stand, with the chosen part marked; a click chooses the part that stands there. */
export function RawView({
  segments,
  chosen,
  onSelect,
}: {
  readonly segments: readonly OutlineSegment[];
  readonly chosen: { readonly segment: OutlineSegment; readonly node: OutlineNode } | null;
  readonly onSelect: (path: string) => void;
}) {
  const scroll = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: segments.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => 40,
    overscan: 6,
    getItemKey: (index) => segments[index]?.index ?? index,
  });
  const at = chosen ? segments.findIndex(({ index }) => index === chosen.segment.index) : -1;
  useEffect(() => {
    if (at < 0) return undefined;
    virtual.scrollToIndex(at, { align: 'auto' });
    // A long segment may be seen while its marked part is not.
    const frame = requestAnimationFrame(() =>
      scroll.current?.querySelector('mark')?.scrollIntoView({ block: 'nearest' }),
    );
    return () => cancelAnimationFrame(frame);
  }, [at, chosen?.node.path]);

  return (
    <div ref={scroll} className={classes['raw']} role="region" aria-label="Message as it stands" tabIndex={0}>
      <div className={classes['sized']} style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const segment = segments[index];
          return (
            segment && (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                className={classes['line']}
                data-chosen={index === at}
                style={{ transform: `translateY(${start}px)` }}
                onClick={(event) => {
                  const offset = offsetIn(event.currentTarget);
                  if (offset !== null) onSelect(partAt(segment, offset).path);
                }}
              >
                <Line segment={segment} part={index === at ? (chosen?.node ?? null) : null} />
              </div>
            )
          );
        })}
      </div>
    </div>
  );
}

function Line({ segment, part }: { readonly segment: OutlineSegment; readonly part: OutlineNode | null }) {
  const { raw, length } = segment;
  const cut = raw.length < length && <em> … {(length - raw.length).toLocaleString('en')} more characters</em>;
  if (!part || part.level === 'segment')
    return (
      <>
        <span data-from={0}>{raw}</span>
        {cut}
      </>
    );
  const to = part.at + part.length;
  return (
    <>
      <span data-from={0}>{raw.slice(0, part.at)}</span>
      <mark data-from={part.at}>{raw.slice(part.at, to)}</mark>
      <span data-from={to}>{raw.slice(to)}</span>
      {cut}
    </>
  );
}

/** Where in the line's text the click was; `null` where somebody marked text instead. */
function offsetIn(line: HTMLElement): number | null {
  const selection = window.getSelection();
  if (!selection || !selection.isCollapsed || !selection.anchorNode || !line.contains(selection.anchorNode))
    return null;
  const from = selection.anchorNode.parentElement?.dataset['from'];
  return from === undefined ? null : Number(from) + selection.anchorOffset;
}
