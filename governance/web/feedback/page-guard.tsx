import { Component, type ReactNode } from 'react';
import { ProblemNotice } from './problem-notice.tsx';

interface Props {
  /** Where one is: another place gets another chance. */
  readonly place: string;
  readonly children: ReactNode;
}

/** A page that fails is said to have failed; the shell around it stays. */
export class PageGuard extends Component<Props, { readonly failed: unknown }> {
  override state: { readonly failed: unknown } = { failed: null };

  static getDerivedStateFromError(error: unknown): { readonly failed: unknown } {
    return { failed: error ?? new Error('unknown') };
  }

  override componentDidUpdate(before: Props): void {
    if (before.place !== this.props.place && this.state.failed !== null) this.setState({ failed: null });
  }

  override render(): ReactNode {
    if (this.state.failed === null) return this.props.children;
    return <ProblemNotice error={this.state.failed} retry={() => window.location.reload()} />;
  }
}
