// Node-RED's tips come one after the other below a flow's description and cover it: off, until somebody switches them on
// in the user settings. Before those are read, since Node-RED writes its own defaults down as if they had been chosen.
const { userSettings } = RED;
const readUserSettings = userSettings.init.bind(userSettings);
userSettings.init = (...given) => {
  const editor = RED.settings.get('editor') ?? {};
  if (editor.view?.['view-show-tips'] === undefined)
    RED.settings.set('editor', { ...editor, view: { ...editor.view, 'view-show-tips': false } });
  return readUserSettings(...given);
};
