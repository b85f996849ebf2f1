import { Button } from '@mantine/core';
import { Copy } from 'lucide-react';
import type { Hl7Advice } from '../../api/runtime-shapes.ts';
import classes from './reader.module.css';
import { rawOf, type Row } from './rows.ts';

/** All of one part: its whole value, over as many lines as it has. */
export function PartDetails({
  row,
  advice,
  onCopy,
}: {
  readonly row: Pick<Row, 'node' | 'segment'>;
  readonly advice: readonly Hl7Advice[];
  readonly onCopy: (text: string, what: string) => void;
}) {
  const { node } = row;
  const leaf = node.children.length === 0 && node.level !== 'segment';
  const value = leaf ? node.value : rawOf(row, 4000);
  const cut = node.length - value.length;
  return (
    <section className={classes['details']} aria-label="The chosen part">
      <div className={classes['details-head']}>
        <h3>
          <code>{node.path}</code> {node.name}
        </h3>
        <Button
          variant="default"
          size="compact-xs"
          leftSection={<Copy size={12} aria-hidden="true" />}
          onClick={() => onCopy(node.path, node.path)}
        >
          Path
        </Button>
        {node.state === 'value' && (
          <Button
            variant="default"
            size="compact-xs"
            leftSection={<Copy size={12} aria-hidden="true" />}
            onClick={() => onCopy(value, `The value of ${node.path}`)}
          >
            Value
          </Button>
        )}
      </div>
      <p className="dim">
        {[
          node.level === 'segment' ? 'Segment' : node.type === '' ? node.level : `${node.level} of type ${node.type}`,
          node.state === 'empty' ? 'empty' : node.state === 'null' ? 'HL7 null: the sender deletes what was there' : '',
          node.meaning === undefined ? '' : `means ${node.meaning}`,
          node.state === 'value'
            ? node.length === 1
              ? '1 character'
              : `${node.length.toLocaleString('en')} characters`
            : '',
        ]
          .filter((word) => word !== '')
          .join(' · ')}
      </p>
      {node.state === 'value' && (
        <pre className={classes['whole']} tabIndex={0} aria-label={`Value of ${node.path}`}>
          {value}
          {cut > 0 && leaf && node.length > 4000 ? ' …' : ''}
        </pre>
      )}
      {advice.map(({ code, path, text }) => (
        <p key={`${code} ${path}`} className={classes['warning']}>
          {path === node.path ? '' : `${path}: `}
          {text}
        </p>
      ))}
    </section>
  );
}
