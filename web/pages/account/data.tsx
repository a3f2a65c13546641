import { useExportMyData } from 'bienvenue-auth/react';
import { useState } from 'react';
import { Form } from '../../form/form.tsx';
import { useText, useTexts } from '../../i18n/language.tsx';
import { PageHeading } from '../../layout/page-heading.tsx';
import { useRecentPassword } from '../../session/confirm-password.tsx';
import { dataTexts } from './data-texts.ts';
import { ExportFile } from './export-file.tsx';
import '../../styles/account.css';

/** Everything that is stored about the user, as a file. */
export default function Data() {
  const shared = useText();
  const text = useTexts(dataTexts);
  const withRecentPassword = useRecentPassword();
  const [exportMyData] = useExportMyData();
  const [exported, setExported] = useState<Record<string, unknown>>();
  return (
    <>
      <PageHeading title={shared.navData} lead={text.dataLead} />
      <section className="panel">
        <h2>{text.dataContents}</h2>
        <ul className="points">
          <li>{text.dataProfile}</li>
          <li>{text.dataSessions}</li>
          <li>{text.dataEvents}</li>
          <li>{text.dataMails}</li>
        </ul>
        <p className="fine-print">
          {text.dataSecrets} {text.dataFile}
        </p>
        {exported ? (
          <ExportFile exported={exported} />
        ) : (
          <Form
            submit={text.dataPrepare}
            onSubmit={async () => {
              const { data, error } = await withRecentPassword(() => exportMyData());
              if (data) setExported(data);
              return error;
            }}
          />
        )}
      </section>
    </>
  );
}
