// Node-RED's editor starts light unless somebody chose otherwise; ours follows the system, as the console does.
if (localStorage.getItem('view-dark-theme') === null) localStorage.setItem('view-dark-theme', 'auto');
