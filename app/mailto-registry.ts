const CLIENT = 'HKCU\\Software\\Clients\\Mail\\Postroom';
const PROGRAM = 'HKCU\\Software\\Classes\\Postroom.mailto';

/** The registry values that list Postroom among the mail programs of Windows. Pure. */
export function registryValues(program: string): { key: string; name: string; value: string }[] {
  return [
    { key: CLIENT, name: '', value: 'Postroom' },
    { key: `${CLIENT}\\Capabilities`, name: 'ApplicationName', value: 'Postroom' },
    { key: `${CLIENT}\\Capabilities`, name: 'ApplicationDescription', value: 'Mail for an office' },
    { key: `${CLIENT}\\Capabilities\\URLAssociations`, name: 'mailto', value: 'Postroom.mailto' },
    {
      key: 'HKCU\\Software\\RegisteredApplications',
      name: 'Postroom',
      value: 'Software\\Clients\\Mail\\Postroom\\Capabilities',
    },
    { key: PROGRAM, name: '', value: 'URL:mailto' },
    { key: PROGRAM, name: 'URL Protocol', value: '' },
    { key: `${PROGRAM}\\DefaultIcon`, name: '', value: `"${program}",0` },
    { key: `${PROGRAM}\\shell\\open\\command`, name: '', value: `"${program}" "%1"` },
  ];
}
