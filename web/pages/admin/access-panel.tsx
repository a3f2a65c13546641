import { useAdminDisableUser, useAdminEnableUser, useAdminSendPasswordReset } from 'bienvenue-auth/react';
import { useRef } from 'react';
import { Form } from '../../form/form.tsx';
import { TextField } from '../../form/text-field.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { Time } from '../../i18n/time.tsx';
import { Fact } from '../../layout/fact.tsx';
import { adminTexts } from './texts.ts';
import type { UserProps } from './user.tsx';

/** Whether and how the user can sign in. */
export function AccessPanel({ user, refetch }: UserProps) {
  const text = useTexts(adminTexts);
  const heading = useRef<HTMLHeadingElement>(null);
  const onDone = async () => {
    await refetch();
    // The button that was pressed is gone, so the focus moves to where the other state begins.
    heading.current?.focus();
  };
  return (
    <section className="panel">
      <h2 ref={heading} tabIndex={-1}>
        {text.access}
      </h2>
      {user.disabledAt ? (
        <Enable id={user.id} disabledAt={user.disabledAt} reason={user.disabledReason} onDone={onDone} />
      ) : (
        <>
          <ResetLink id={user.id} onDone={refetch} />
          <Disable id={user.id} onDone={onDone} />
        </>
      )}
    </section>
  );
}

interface ChangeProps {
  id: string;
  onDone(): Promise<void>;
}

function ResetLink({ id, onDone }: ChangeProps) {
  const shared = useText();
  const text = useTexts(adminTexts);
  const [adminSendPasswordReset] = useAdminSendPasswordReset();
  return (
    <>
      <p className="lead">{text.resetLead}</p>
      <Form
        submit={shared.sendResetLink}
        tone="plain"
        done={text.resetSent}
        onSubmit={async () => {
          const { error } = await adminSendPasswordReset({ id });
          if (!error) await onDone();
          return error;
        }}
      />
    </>
  );
}

function Disable({ id, onDone }: ChangeProps) {
  const text = useTexts(adminTexts);
  const [adminDisableUser] = useAdminDisableUser();
  return (
    <>
      <p className="lead">{text.disableLead}</p>
      <Form
        submit={text.disable}
        tone="danger"
        onSubmit={async values => {
          const { error } = await adminDisableUser({ id, reason: values.get('reason').trim() || null });
          if (!error) await onDone();
          return error;
        }}
      >
        <TextField
          name="reason"
          label={text.disableReason}
          hint={text.disableReasonHint}
          autoComplete="off"
          maxLength={500}
          required={false}
        />
      </Form>
    </>
  );
}

interface EnableProps extends ChangeProps {
  disabledAt: string;
  reason: string | null;
}

function Enable({ id, disabledAt, reason, onDone }: EnableProps) {
  const text = useTexts(adminTexts);
  const [adminEnableUser] = useAdminEnableUser();
  return (
    <>
      <p className="lead">{text.enableLead}</p>
      <dl className="facts">
        <Fact label={text.disabledSince}>
          <Time at={disabledAt} format="dateTime" />
        </Fact>
        {reason && <Fact label={text.disabledReason}>{reason}</Fact>}
      </dl>
      <Form
        submit={text.enable}
        onSubmit={async () => {
          const { error } = await adminEnableUser({ id });
          if (!error) await onDone();
          return error;
        }}
      />
    </>
  );
}
