/** Tasks are found by what they are about: a later message of a visit closes those that earlier ones have made. */
export const taskAbout = `
CREATE INDEX task_about ON task (json_extract(record, '$.about'), seq) WHERE json_extract(record, '$.about') IS NOT NULL;
`;
