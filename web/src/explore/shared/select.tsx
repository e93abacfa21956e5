/** A labelled choice of one of several values. */
export function Select<V extends string | number>({
  label,
  value,
  of,
  onChoose,
}: {
  readonly label: string;
  readonly value: V;
  /** The values, each with its text. */
  readonly of: readonly (readonly [V, string])[];
  readonly onChoose: (value: V) => void;
}) {
  return (
    <label>
      {label}
      <select
        value={value}
        onChange={({ currentTarget }) => {
          const chosen = of[currentTarget.selectedIndex];
          if (chosen) onChoose(chosen[0]);
        }}
      >
        {of.map(([one, text]) => (
          <option key={one} value={one}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
