export function Groups() {
  return <p>TODO</p>;
}
