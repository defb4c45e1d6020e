export function Organisation() {
  return <p>TODO</p>;
}
