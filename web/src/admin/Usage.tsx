export function Usage() {
  return <p>TODO</p>;
}
