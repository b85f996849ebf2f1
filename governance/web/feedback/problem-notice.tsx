import { Button } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { problemOf } from '../api/client.ts';
import classes from './feedback.module.css';

/** What went wrong, what to do, and a way to try again. */
export function ProblemNotice({
  error,
  retry,
  alone = false,
}: {
  readonly error: unknown;
  readonly retry?: () => void;
  readonly alone?: boolean;
}) {
  const problem = problemOf(error);
  return (
    <div className={classes['problem']} data-alone={alone} role="alert">
      <TriangleAlert size={18} aria-hidden="true" />
      <div>
        <p>
          <strong>{problem.title}</strong>
        </p>
        <p>{problem.remedy}</p>
      </div>
      {retry && (
        <Button variant="default" onClick={retry}>
          Try again
        </Button>
      )}
    </div>
  );
}
