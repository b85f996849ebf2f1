import { Button, Textarea } from '@mantine/core';
import { FileUp, FlaskConical, Pencil, ScanText, ShieldCheck, X } from 'lucide-react';
import { useRef, useState, type DragEvent } from 'react';
import { Link, useSearchParams } from 'wouter';
import { ProblemNotice } from '../feedback/problem-notice.tsx';
import { useDocumentTitle } from '../shell/use-document-title.ts';
import { EXAMPLE } from './example.ts';
import { JournalMessage } from './journal-message.tsx';
import { MessageView } from './message-view.tsx';
import classes from './reader.module.css';
import { sizeInWords, sourceOfFile, sourceOfText, type Source } from './source.ts';

/** A field with more text in it than this makes a browser slow. */
const LARGEST_EDITED = 200_000;

/** Reads an HL7 v2 message that somebody has: names, meanings, what departs from the standard, and a path for every value. */
export default function ReaderPage() {
  useDocumentTitle('Message reader');
  const [params, setParams] = useSearchParams();
  const journal = params.get('message');
  const [source, setSource] = useState<Source | null>(null);
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<unknown>(null);
  const [dragging, setDragging] = useState(false);

  const open = (make: () => Source | Promise<Source>): void => {
    setProblem(null);
    void (async () => {
      try {
        const made = await make();
        if (journal !== null) setParams({}, { replace: true });
        setSource(made);
      } catch (error) {
        setProblem(error);
      }
    })();
  };
  const close = (): void => {
    setText('');
    setSource(null);
    setProblem(null);
    if (journal !== null) setParams({}, { replace: true });
  };
  const onDrop = (event: DragEvent): void => {
    event.preventDefault();
    setDragging(false);
    const [file] = event.dataTransfer.files;
    const dropped = event.dataTransfer.getData('text/plain');
    if (file) open(() => sourceOfFile(file));
    else if (dropped !== '') open(() => sourceOfText(dropped, 'Dropped text'));
  };

  const reading = source !== null || journal !== null;
  return (
    <div
      className={classes['page']}
      data-dragging={dragging}
      onDragOver={(event) => {
        event.preventDefault();
        setDragging(true);
      }}
      onDragLeave={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget as Node | null)) setDragging(false);
      }}
      onDrop={onDrop}
    >
      <div className="page-head">
        <h1>Message reader</h1>
        {reading && (
          <>
            {source && (
              <span className="dim">
                {source.label}, {sizeInWords(source.size)}
              </span>
            )}
            {source?.text !== undefined && source.size <= LARGEST_EDITED && (
              <Button
                variant="default"
                leftSection={<Pencil size={14} aria-hidden="true" />}
                onClick={() => {
                  setText(source.text?.replace(/\r\n?/g, '\n') ?? '');
                  setSource(null);
                }}
              >
                Edit the text
              </Button>
            )}
            <FileButton onFile={(file) => open(() => sourceOfFile(file))} />
            <Button variant="default" leftSection={<X size={14} aria-hidden="true" />} onClick={close}>
              Another message
            </Button>
          </>
        )}
      </div>
      {problem !== null && <ProblemNotice error={problem} />}
      {source ? (
        <section className="panel" aria-label="Message">
          <MessageView key={source.id} source={source} />
        </section>
      ) : journal !== null ? (
        <section className="panel" aria-label="Message">
          <JournalMessage key={journal} id={journal} />
        </section>
      ) : (
        <section className="panel" aria-labelledby="open">
          <div className="panel-head">
            <h2 id="open">Open an HL7 v2 message</h2>
          </div>
          <div className={classes['input']}>
            <Textarea
              label="Message"
              description="Paste it and it is shown at once; a file can be dropped anywhere on this page."
              placeholder={'MSH|^~\\&|…'}
              autosize
              minRows={8}
              maxRows={18}
              spellCheck={false}
              autoComplete="off"
              classNames={{ input: classes['text'] ?? '' }}
              value={text}
              onChange={(event) => setText(event.currentTarget.value)}
              onPaste={(event) => {
                const pasted = event.clipboardData.getData('text/plain');
                if (text.trim() !== '' || !pasted.trimStart().startsWith('MSH')) return;
                event.preventDefault();
                open(() => sourceOfText(pasted));
              }}
              onKeyDown={(event) => {
                if (event.key === 'Enter' && (event.ctrlKey || event.metaKey) && text.trim() !== '')
                  open(() => sourceOfText(text));
              }}
            />
            <div className={classes['actions']}>
              <Button
                leftSection={<ScanText size={14} aria-hidden="true" />}
                disabled={text.trim() === ''}
                onClick={() => open(() => sourceOfText(text))}
              >
                Read
              </Button>
              <FileButton onFile={(file) => open(() => sourceOfFile(file))} />
              <Button
                variant="default"
                leftSection={<FlaskConical size={14} aria-hidden="true" />}
                onClick={() => open(() => sourceOfText(EXAMPLE, 'Made-up example'))}
              >
                Try an example
              </Button>
            </div>
            <p className={classes['private']}>
              <ShieldCheck size={15} aria-hidden="true" />
              <span>
                Nothing of it is stored or logged; it is gone when you leave the page. A message that came in is opened
                from its own page: <Link href="/messages">Messages</Link>.
              </span>
            </p>
          </div>
        </section>
      )}
    </div>
  );
}

function FileButton({ onFile }: { readonly onFile: (file: File) => void }) {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        variant="default"
        leftSection={<FileUp size={14} aria-hidden="true" />}
        onClick={() => input.current?.click()}
      >
        Open a file…
      </Button>
      <input
        ref={input}
        type="file"
        hidden
        aria-label="File with a message"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          event.currentTarget.value = '';
          if (file) onFile(file);
        }}
      />
    </>
  );
}
